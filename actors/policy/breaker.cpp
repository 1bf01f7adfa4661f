#include "actors/policy/breaker.hpp"

#include <algorithm>

namespace carillon {

call_result call_result_of(outcome o, bool past_patience) {
  switch (o) {
  case outcome::accepted: return call_result::success;
  case outcome::retry:
  case outcome::bad_credentials:
  case outcome::ambiguous: return call_result::failure;
  case outcome::throttled: return past_patience ? call_result::failure : call_result::ignored;
  case outcome::bad_address:
  case outcome::bad_message: return call_result::ignored;
  }
  return call_result::ignored;
}

breaker::breaker(breaker_options config) : config_(config) {}

breaker_state breaker::state(instant now) {
  if (order_ != breaker_order::automatic)
    return order_ == breaker_order::open ? breaker_state::open : breaker_state::closed;
  if (state_ == breaker_state::open && now >= reopens_at()) {
    state_ = breaker_state::half_open;
    probes_begun_ = probes_passed_ = 0;
  }
  return state_;
}

std::size_t breaker::allowed(instant now, std::size_t free_slots) {
  switch (state(now)) {
  case breaker_state::closed: return free_slots;
  case breaker_state::half_open:
    return std::min(free_slots, config_.half_open_calls - std::min(config_.half_open_calls, probes_begun_));
  case breaker_state::open: break;
  }
  return 0;
}

void breaker::begin(instant now) {
  if (state(now) == breaker_state::half_open)
    ++probes_begun_;
}

void breaker::end(instant now, call_result what, clock_duration took) {
  auto current = state(now);
  if (began_before_opening(now - took))
    return; // it says nothing of the time since
  if (order_ == breaker_order::automatic && current == breaker_state::half_open)
    end_probe(now, what);
  else if (current == breaker_state::closed && what != call_result::ignored)
    end_call({now, what == call_result::failure, took >= clock_duration{config_.slow_call}});
}

/// No call begins while it is open, so a call of that instant is one from before.
bool breaker::began_before_opening(instant begun) const {
  return times_opened_ > 0 && begun <= opened_at_;
}

void breaker::end_probe(instant now, call_result what) {
  if (what == call_result::ignored)
    return give_probe_back(); // the message's fault: another one has to tell
  if (what == call_result::failure)
    return open(now);
  if (++probes_passed_ >= config_.half_open_calls)
    start_afresh();
}

void breaker::end_call(const call& c) {
  if (calls_.size() >= config_.window)
    drop_oldest();
  calls_.push_back(c);
  count(c, 1);
  forget(c.at);
  consecutive_ = c.failed ? consecutive_ + 1 : 0;
  if (order_ == breaker_order::automatic && over_a_threshold())
    open(c.at);
}

bool breaker::over_a_threshold() const {
  if (config_.consecutive > 0 && consecutive_ >= config_.consecutive)
    return true;
  if (calls_.empty() || calls_.size() < config_.min_calls)
    return false;
  auto reached = [all = static_cast<double>(calls_.size())](std::size_t some, double rate) {
    return some > 0 && static_cast<double>(some) >= rate * all;
  };
  return reached(failed_, config_.failure_rate) || reached(slow_, config_.slow_rate);
}

void breaker::trip(instant now) {
  if (order_ == breaker_order::automatic)
    open(now);
}

void breaker::order(breaker_order what, instant) {
  order_ = what;
  if (what == breaker_order::automatic)
    start_afresh();
}

double breaker::failure_rate(instant now) {
  forget(now);
  return calls_.empty() ? 0 : static_cast<double>(failed_) / static_cast<double>(calls_.size());
}

void breaker::open(instant now) {
  if (state(now) != breaker_state::open)
    ++times_opened_;
  state_ = breaker_state::open;
  opened_at_ = now;
}

void breaker::start_afresh() {
  state_ = breaker_state::closed;
  calls_.clear();
  failed_ = slow_ = consecutive_ = 0;
  probes_begun_ = probes_passed_ = 0;
}

void breaker::give_probe_back() {
  if (probes_begun_ > probes_passed_)
    --probes_begun_;
}

/// Drops what the window's time has passed over.
void breaker::forget(instant now) {
  while (!calls_.empty() && now - calls_.front().at >= clock_duration{config_.window_time})
    drop_oldest();
}

void breaker::drop_oldest() {
  count(calls_.front(), -1);
  calls_.pop_front();
}

void breaker::count(const call& c, int by) {
  failed_ += static_cast<std::size_t>(c.failed ? by : 0);
  slow_ += static_cast<std::size_t>(c.slow ? by : 0);
}

} // namespace carillon
