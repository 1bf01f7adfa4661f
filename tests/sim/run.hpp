// One run: a world made from a seed, lived through to its end and judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/plants.hpp"

namespace carillon::sim {

struct run_options {
  std::uint64_t seed = 1;
  plant defect = plant::none;
  bool print = false; ///< the trace, on standard output
};

struct run_report {
  std::uint64_t seed = 0;
  std::uint64_t hash = 0; ///< of the trace
  std::uint64_t lines = 0;
  std::size_t calls = 0;               ///< of vendors
  std::vector<std::string> violations; ///< broken promises; empty is good
};

run_report live_through(const run_options& how);

} // namespace carillon::sim
