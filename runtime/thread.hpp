// What every thread of the engine does first: take a name, which `top -H`, a
// debugger and the tests tell it by, and the turn it has at a processor.
#pragma once

#include <string>

#include "config/options.hpp"

namespace carillon {

/// Whose work a thread does.
enum class turn : std::uint8_t {
  critical, ///< of the critical lane
  bulk,     ///< of the bulk lane
  shared,   ///< of both, or of none
};

inline turn turn_of(lane l) {
  return l == lane::critical ? turn::critical : turn::bulk;
}

/// How threads that begin from now on share the processors; for the start of the
/// process, before it has any. Without it they share them equally. False where the
/// system does not permit it; then it is as if it had been `off`.
bool share_processors(scheduling how);

/// Names the calling thread (the system keeps 15 bytes) and gives it its turn.
void begin_thread(const std::string& name, turn whose);

} // namespace carillon
