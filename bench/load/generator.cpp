#include "bench/load/generator.hpp"

#include <algorithm>
#include <chrono>

namespace load {

using namespace std::chrono_literals;

namespace {

constexpr auto pause_before_retry = 50ms;
constexpr auto longest_wait = 100ms; ///< so that a signal is seen soon
constexpr auto longest_handshake = 10s;

nanoseconds seconds(double count) {
  return nanoseconds{static_cast<std::int64_t>(count * 1e9)};
}

/// Worth sending again with the same key.
bool is_refusal_for_now(int status) {
  return status == 409 || status == 429 || status >= 500;
}

} // namespace

generator::generator(const options& what, workload& requests)
    : what_(what), requests_(requests), connections_(what.connections) {
  if (what.rate > 0)
    schedule_.emplace(what.rate, what.burst_on, what.burst_off);
}

const tally& generator::run(const volatile std::sig_atomic_t& stop) {
  open_connections();
  start_ = bench::now();
  end_ = start_ + seconds(what_.seconds);
  nanoseconds give_up = end_ + seconds(what_.drain);
  for (auto at = start_; at < give_up && (more(at) || under_way_ > 0); at = bench::now()) {
    if (stop != 0 && !ended_) {
      ended_ = true;
      end_ = at;
      give_up = at + seconds(what_.drain);
    }
    start_due(at);
    serve_until(wake_at(at));
  }
  tally_.unanswered = under_way_;
  for (; schedule_ && what_.count == 0 && next_arrival() < end_; ++arrivals_)
    ++tally_.unsent;
  return tally_;
}

/// Before the clock starts: a flood of handshakes is not what is measured.
void generator::open_connections() {
  for (std::size_t slot = connections_.size(); slot-- > 0;) {
    connect(slot);
    idle_.push_back(slot);
  }
  const auto give_up = bench::now() + longest_handshake;
  auto stands = [](const connection& one) { return one.connected; };
  while (!std::all_of(connections_.begin(), connections_.end(), stands) && bench::now() < give_up)
    serve_until(bench::now() + pause_before_retry);
}

void generator::serve_until(nanoseconds until) {
  for (auto& event : poller_.wait(until)) {
    const auto slot = event.data.u64;
    if ((event.events & EPOLLOUT) != 0)
      transmit(slot);
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0)
      receive(slot);
  }
  run_timers(bench::now());
}

/// In an open loop what is late is still sent after the end: leaving it out would
/// leave out the longest waits.
bool generator::more(nanoseconds at) const {
  return !ended_ && (schedule_ ? next_arrival() : at) < end_;
}

nanoseconds generator::wake_at(nanoseconds at) const {
  auto until = at + longest_wait;
  if (!timers_.empty())
    until = std::min(until, timers_.top().first);
  if (schedule_ && more(at) && !idle_.empty())
    until = std::min(until, next_arrival());
  return until;
}

void generator::start_due(nanoseconds at) {
  while (more(at) && !idle_.empty()) {
    auto intended = at;
    if (schedule_) {
      intended = next_arrival();
      if (intended > at)
        return;
      ++arrivals_;
    }
    const auto slot = idle_.back();
    idle_.pop_back();
    start(slot, intended);
  }
}

void generator::start(std::size_t slot, nanoseconds intended) {
  auto& one = connections_[slot];
  if (!requests_.next(one.request, intended)) {
    ended_ = true;
    idle_.push_back(slot);
    return;
  }
  ++tally_.started;
  ++under_way_;
  one.busy = true;
  one.sent = 0;
  one.intended = intended;
  if (one.connected)
    transmit(slot);
}

void generator::connect(std::size_t slot) {
  auto& one = connections_[slot];
  one.socket = {};
  one.connected = one.resting = false;
  one.sent = 0;
  one.socket = bench::connect_to(what_.port);
  if (!one.socket)
    return rest(slot);
  poller_.add(one.socket, slot, EPOLLIN | EPOLLOUT);
}

void generator::transmit(std::size_t slot) {
  auto& one = connections_[slot];
  if (!one.connected) {
    one.connected = true;
    poller_.change(one.socket, slot, EPOLLIN);
  }
  while (one.busy && !one.resting && one.sent < one.request.size()) {
    const auto count =
      ::send(one.socket.get(), one.request.data() + one.sent, one.request.size() - one.sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN)
      return poller_.change(one.socket, slot, EPOLLIN | EPOLLOUT);
    if (count < 0)
      return lost(slot);
    one.sent += static_cast<std::size_t>(count);
  }
}

void generator::receive(std::size_t slot) {
  auto& one = connections_[slot];
  if (!one.socket)
    return;
  char buffer[16'384];
  const auto count = ::recv(one.socket.get(), buffer, sizeof buffer, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (count <= 0)
    return lost(slot);
  one.in.append(buffer, static_cast<std::size_t>(count));
  if (const auto answer = bench::frame_of(one.in)) {
    const auto bytes = answer->bytes();
    const bool closes = bench::header(answer->head, "connection") == "close";
    answered(slot, *answer);
    one.in.erase(0, bytes);
    if (closes)
      connect(slot);
  }
}

void generator::answered(std::size_t slot, const bench::frame& answer) {
  auto& one = connections_[slot];
  const int status = std::stoi(std::string{answer.head.substr(9, 3)});
  const auto at = bench::now();
  ++tally_.statuses[status];
  tally_.elapsed = at - start_;
  if (what_.insist && is_refusal_for_now(status))
    return rest(slot);
  if (status < 300) {
    tally_.latency.add(at - one.intended);
    requests_.accepted(one.request, answer.body);
    tally_.replayed += !bench::header(answer.head, "idempotent-replayed").empty();
  }
  one.busy = false;
  --under_way_;
  idle_.push_back(slot);
}

void generator::rest(std::size_t slot) {
  connections_[slot].resting = true;
  timers_.push({bench::now() + pause_before_retry, slot});
}

void generator::lost(std::size_t slot) {
  auto& one = connections_[slot];
  const bool answerless = one.busy;
  one.socket = {};
  one.connected = false;
  one.in.clear();
  if (answerless) {
    ++tally_.lost_connections;
    if (!what_.insist) {
      one.busy = false;
      --under_way_;
      idle_.push_back(slot);
    }
  }
  rest(slot);
}

void generator::run_timers(nanoseconds at) {
  while (!timers_.empty() && timers_.top().first <= at) {
    const auto slot = timers_.top().second;
    timers_.pop();
    auto& one = connections_[slot];
    if (!std::exchange(one.resting, false))
      continue;
    one.sent = 0;
    if (!one.socket)
      connect(slot);
    else
      transmit(slot);
  }
}

} // namespace load
