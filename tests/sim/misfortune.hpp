// What befalls the machine and the process: actors killed, the process killed,
// disks that fill up, clocks that step.
#pragma once

#include <memory>

#include "tests/sim/process.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

/// Plans all of it, over the busy time; `engine` is the process of the moment.
void plan_misfortunes(surroundings& around, const std::unique_ptr<process>& engine);

} // namespace carillon::sim
