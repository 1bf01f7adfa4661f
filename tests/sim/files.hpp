// What survives a process: its files.
#pragma once

#include "tests/sim/agenda.hpp"
#include "tests/sim/model/control_model.hpp"
#include "tests/sim/model/inbox_model.hpp"
#include "tests/sim/model/lane_model.hpp"

namespace carillon::sim {

struct files {
  explicit files(const sim_clock& time);
  lane_model& of(lane l) { return l == lane::critical ? critical : bulk; }
  const lane_model& of(lane l) const { return l == lane::critical ? critical : bulk; }

private:
  /// The machine's wall clock; unlike a process's, it never fails.
  class machine_clock final : public wall_clock {
  public:
    explicit machine_clock(const sim_clock& time) : time_(time) {}
    sys_time now() const override { return time_.wall(); }

  private:
    const sim_clock& time_;
  };
  machine_clock clock_;

public:
  lane_model critical, bulk;
  control_model control;
  inbox_model inbox;
};

} // namespace carillon::sim
