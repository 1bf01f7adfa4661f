// Circuit breaker: stops calls to a provider that fails, and probes it until it
// recovers. Pure: no clock, no I/O; instants come from the caller and may be
// from any monotonic source.
#pragma once

#include <chrono>
#include <deque>

#include "config/options.hpp"
#include "messages/vocabulary.hpp"

namespace carillon {

/// How one call counts. Failures are retry, ambiguous, bad_credentials and a
/// throttle past patience (its Retry-After is longer than max_backoff: the caller
/// knows). A patient throttle pauses the provider and says nothing of its health;
/// bad_address and bad_message are the message's fault.
enum class call_result : std::uint8_t { success, failure, ignored };
call_result call_result_of(outcome o, bool past_patience = false);

class breaker {
public:
  using instant = std::chrono::steady_clock::time_point;
  using clock_duration = std::chrono::steady_clock::duration;

  /// A `consecutive` of 0 turns that rule off. A rate needs at least one such call.
  explicit breaker(breaker_options config);

  /// State now; an open breaker becomes half-open when `open_for` has passed.
  breaker_state state(instant now);

  /// How many calls may start now: `free_slots` when closed, the probes that are
  /// left when half-open, none when open. Does not take them.
  std::size_t allowed(instant now, std::size_t free_slots);

  /// A call starts. Counts probes while half-open.
  void begin(instant now);
  /// A call ended that began at `now - took`. Opens by failure rate or slow-call
  /// rate over the window (by count and by time, once min_calls are in it), or by
  /// consecutive failures. Half-open: one failure opens again; half_open_calls
  /// successes close and clear the window; an ignored result gives its probe back.
  /// A call that began before the breaker last opened is not counted. While a
  /// person keeps it closed, calls fill the window and nothing opens.
  void end(instant now, call_result what, clock_duration took);
  /// Opens at once (bad_credentials), for `open_for` from now; an order stands above it.
  void trip(instant now);

  /// A person's order; automatic forgets the past and starts closed.
  void order(breaker_order what, instant now);
  breaker_order ordered() const { return order_; }

  /// When an open breaker turns half-open; meaningless in other states.
  instant reopens_at() const { return opened_at_ + clock_duration{config_.open_for}; }
  /// Failures over calls in the window, 0 without calls.
  double failure_rate(instant now);
  /// Times it opened by itself or by trip(), orders apart.
  std::uint64_t times_opened() const { return times_opened_; }

private:
  struct call {
    instant at;
    bool failed, slow;
  };
  bool began_before_opening(instant begun) const;
  void end_probe(instant now, call_result what);
  void end_call(const call& c);
  bool over_a_threshold() const;
  void open(instant now);
  void start_afresh();
  void give_probe_back();
  void forget(instant now);
  void drop_oldest();
  void count(const call& c, int by);

  breaker_options config_;
  breaker_state state_ = breaker_state::closed;
  breaker_order order_ = breaker_order::automatic;
  instant opened_at_{};
  std::deque<call> calls_;
  std::size_t failed_ = 0, slow_ = 0, consecutive_ = 0;
  std::size_t probes_begun_ = 0, probes_passed_ = 0;
  std::uint64_t times_opened_ = 0;
};

} // namespace carillon
