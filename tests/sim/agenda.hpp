// Virtual time: a clock that moves only when the run moves it, and what is to
// happen at which instant.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "messages/ports.hpp"

namespace carillon::sim {

using instant = std::chrono::steady_clock::time_point;

/// Wall clock and steady clock of the machine; only the wall clock can step.
class sim_clock {
public:
  sys_time wall() const { return wall_; }
  instant steady() const { return steady_; }
  /// Since the run began.
  duration elapsed() const { return std::chrono::duration_cast<duration>(steady_ - began_); }
  void move_to(instant when) {
    wall_ += std::chrono::duration_cast<duration>(when - steady_);
    steady_ = when;
  }
  void step(duration by) { wall_ += by; }

private:
  static constexpr instant began_{std::chrono::hours{1}};
  instant steady_ = began_;
  sys_time wall_{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{11}};
};

class agenda {
public:
  explicit agenda(const sim_clock& clock) : clock_(clock) {}

  void at(instant when, std::function<void()> what) {
    entries_.emplace(std::pair{when, next_number_++}, std::move(what));
  }
  void in(duration wait, std::function<void()> what) { at(clock_.steady() + wait, std::move(what)); }

  std::optional<instant> next() const {
    return entries_.empty() ? std::nullopt : std::optional{entries_.begin()->first.first};
  }
  /// Does the earliest thing that is due now; false where nothing is.
  bool do_next() {
    if (entries_.empty() || entries_.begin()->first.first > clock_.steady())
      return false;
    auto first = entries_.extract(entries_.begin());
    first.mapped()();
    return true;
  }

private:
  const sim_clock& clock_;
  std::map<std::pair<instant, std::uint64_t>, std::function<void()>> entries_;
  std::uint64_t next_number_ = 0;
};

} // namespace carillon::sim
