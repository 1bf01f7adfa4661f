// Questions put to an engine at rest, with everything around it well again: is
// every slot free, can every slot be used, does work start when it is due?
#pragma once

#include "tests/sim/crowd.hpp"
#include "tests/sim/ledger.hpp"

namespace carillon::sim {

/// `pass` lets time pass in the world that is asked.
void probe(surroundings& around, ledger& book, crowd& people, process& engine,
           const std::function<void(duration)>& pass);

} // namespace carillon::sim
