// When the requests of an open loop leave: evenly spaced, either all the time or
// in bursts with pauses between them.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>

namespace load {

class schedule {
public:
  /// `rate` is per second while requests leave. `on` and `off` are in seconds:
  /// after each `on` of sending, nothing leaves for `off`; off 0: no pauses.
  schedule(double rate, double on, double off) : interval_(1e9 / rate), on_(on * 1e9), off_(off * 1e9) {}

  /// From the start to when request `n`, counted from 0, should leave.
  std::chrono::nanoseconds at(std::uint64_t n) const {
    const double sending = static_cast<double>(n) * interval_;
    const double pauses = off_ > 0 ? std::floor(sending / on_) * off_ : 0;
    return std::chrono::nanoseconds{static_cast<std::int64_t>(sending + pauses)};
  }

private:
  double interval_, on_, off_; ///< ns
};

} // namespace load
