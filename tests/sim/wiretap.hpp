// Hears every message between actors: for the trace, and for planted defects.
#pragma once

#include "tests/sim/seam/tap.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

/// In force from its making to its end.
class wiretap final : public message_tap {
public:
  explicit wiretap(surroundings& around) : around_(around) { tap_in_force() = this; }
  wiretap(const wiretap&) = delete;
  wiretap& operator=(const wiretap&) = delete;
  ~wiretap() override { tap_in_force() = nullptr; }

  std::vector<caf::message> see(caf::atom_value what, caf::message letter) override;

private:
  /// What a planted defect makes of it.
  std::vector<caf::message> spoiled(caf::atom_value what, caf::message letter);
  void remember_places(const caf::message& letter);
  void remember_place(lane l, const delivery& d, bool goes_on);
  void note(caf::atom_value what, const caf::message& letter);

  surroundings& around_;
};

} // namespace carillon::sim
