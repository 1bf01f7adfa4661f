// Circuit breaker: stops calls to a provider that fails, and probes it until it
// recovers. Pure: no clock, no I/O; instants come from the caller and may be
// from any monotonic source.
#pragma once

#include <chrono>
#include <deque>

#include "config/options.hpp"
#include "messages/vocabulary.hpp"

namespace carillon {

/// How one call counts. Failures are retry, throttled past patience, ambiguous
/// and bad_credentials; bad_address and bad_message are the message's fault.
enum class call_result : std::uint8_t { success, failure, ignored };
call_result call_result_of(outcome o);

class breaker {
public:
  using instant = std::chrono::steady_clock::time_point;

  explicit breaker(breaker_options config);

  /// State now; an open breaker becomes half-open when `open_for` has passed.
  breaker_state state(instant now);

  /// How many calls may start now: `free_slots` when closed, the probes that are
  /// left when half-open, none when open. Does not take them.
  std::size_t allowed(instant now, std::size_t free_slots);

  /// A call starts. Counts probes while half-open.
  void begin(instant now);
  /// A call that began ended without having been made: gives its probe back.
  void abandon(instant now);
  /// A call ended. Opens by failure rate or slow-call rate over the window (by
  /// count and by time, once min_calls are in it), or by consecutive failures.
  /// Half-open: one failure opens again; half_open_calls successes close.
  void end(instant now, call_result what, std::chrono::steady_clock::duration took);
  /// Opens at once (bad_credentials), for `open_for`.
  void trip(instant now);

  /// A person's order; automatic forgets the past and starts closed.
  void order(breaker_order what, instant now);
  breaker_order ordered() const { return order_; }

  /// When an open breaker turns half-open; meaningless in other states.
  instant reopens_at() const { return opened_at_ + std::chrono::steady_clock::duration{config_.open_for}; }
  /// Failures over calls in the window, 0 without calls.
  double failure_rate(instant now);
  std::uint64_t times_opened() const { return times_opened_; }

private:
  struct call {
    instant at;
    bool failed, slow;
  };
  void open(instant now);
  void forget(instant now);
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
