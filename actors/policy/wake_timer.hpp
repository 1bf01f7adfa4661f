// An actor's one timer: messages that were sent to oneself for a later time cannot
// be taken back, so an earlier one may be started beside a later one. This tells
// which of them counts, so that they never become more and more. Pure; instants
// must be from a monotonic source.
#pragma once

#include <chrono>

namespace carillon {

class wake_timer {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// Wants to ring at `when`; false: it rings early enough already, no message is needed.
  bool set(instant when) {
    if (is_set_ && at_ <= when)
      return false;
    is_set_ = true;
    at_ = when;
    return true;
  }
  /// A message came: does it count? If so it is off. One that is a hair early counts.
  bool rings(instant now) {
    if (!is_set_ || now + std::chrono::milliseconds{1} < at_)
      return false;
    is_set_ = false;
    return true;
  }

private:
  bool is_set_ = false;
  instant at_{};
};

} // namespace carillon
