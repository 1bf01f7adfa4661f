// Where the simulation sees every message that an actor sends to a peer. The
// simulation compiles the engine's actors unchanged, but with the `messaging.hpp`
// beside this file in place of theirs; all their sends go through it.
#pragma once

#include <caf/atom.hpp>
#include <caf/message.hpp>
#include <vector>

namespace carillon::sim {

class message_tap {
public:
  virtual ~message_tap() = default;
  /// What is delivered in place of `letter`: as a rule the letter itself. `what` is its leading atom.
  virtual std::vector<caf::message> see(caf::atom_value what, caf::message letter) = 0;
};

/// The tap in force; null: every message goes its way. A run is one thread, and has one tap.
inline message_tap*& tap_in_force() {
  static message_tap* tap = nullptr;
  return tap;
}

} // namespace carillon::sim
