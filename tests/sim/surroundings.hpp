// What every part of a run stands in: time, chance, the scenario, and a way to
// end the process. Outlives processes.
#pragma once

#include <map>

#include "tests/sim/agenda.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/plants.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/trace.hpp"

namespace carillon::sim {

/// Thrown inside a handler by a port: the actor dies of it.
struct injected_fault {};

/// A port that was armed throws at the call after `countdown` others.
class tripwire {
public:
  void arm(int countdown) { countdown_ = countdown; }
  /// True where it was still armed.
  bool disarm() { return std::exchange(countdown_, -1) >= 0; }
  void touch() {
    if (countdown_ >= 0 && countdown_-- == 0)
      throw injected_fault{};
  }

private:
  int countdown_ = -1;
};

/// The place in its limits that a delivery has.
struct limits_place {
  sys_time place{};
  unsigned steps = 0;  ///< of the clock until it went on to the dispatcher
  unsigned blinds = 0; ///< until it was given the place
};

struct surroundings {
  surroundings(std::uint64_t seed, bool print, plant planted_one)
      : chance(seed), log(clock, print), plan(draw_scenario(chance)), defect(planted_one) {}
  surroundings(const surroundings&) = delete;
  surroundings& operator=(const surroundings&) = delete;

  sim_clock clock;
  agenda todo{clock};
  dice chance;
  trace log;
  scenario plan;
  const plant defect;
  tripwire wire;
  std::uint64_t life = 0;    ///< of the process: another one after every crash
  bool calm = false;         ///< nothing goes wrong any more
  bool crash_wanted = false; ///< the process dies before anything else happens
  instant disk_full_until{};
  bool stepped_far = false; ///< so that a throttle which starts may miss what was accepted before: see recent_attempts
  unsigned steps = 0;       ///< of the clock
  unsigned blinds = 0;      ///< throttles that started and could not know every place that had been given
  /// Given last, by delivery; keys of the two lanes may be equal.
  std::map<std::pair<lane, row_key>, limits_place> places;
  /// With which it last went on to be started.
  std::map<std::pair<lane, row_key>, limits_place> used_places;
  feature_settings_ptr settings = std::make_shared<const feature_settings>(); ///< as stored

  // Of vendors that are well: how long an answer takes, and whether each message is refused once.
  duration vendor_takes{};
  bool first_attempts_fail = false;

  // When things last happened that excuse others.
  instant settings_changed_at{}, clock_stepped_at{}, clock_set_back_at{}, trouble_at{}, process_began{};

  /// A call failed, or an actor or the process died.
  void trouble() { trouble_at = clock.steady(); }

  bool planted(plant what) const { return defect == what; }
  const troubles& bad() const {
    static const troubles none;
    return calm ? none : plan.bad;
  }
  void step_clock(duration by) {
    clock.step(by);
    clock_stepped_at = clock.steady();
    if (by < duration::zero())
      clock_set_back_at = clock_stepped_at;
    stepped_far |= std::chrono::abs(by) >= std::chrono::hours{1};
    ++steps;
  }
  void crash(std::string_view why) {
    log.note("crash", why);
    crash_wanted = true;
    trouble();
  }
};

} // namespace carillon::sim
