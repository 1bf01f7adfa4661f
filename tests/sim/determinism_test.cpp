// The same seed is the same run, event by event; without that no seed is worth keeping.
#include <catch2/catch_test_macros.hpp>

#include "tests/sim/run.hpp"

using namespace carillon::sim;

TEST_CASE("a seed is lived through the same way twice") {
  for (std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    auto first = live_through({.seed = seed});
    auto second = live_through({.seed = seed});
    INFO("seed " << seed);
    CHECK(first.hash == second.hash);
    CHECK(first.lines == second.lines);
    CHECK(first.calls == second.calls);
  }
}

TEST_CASE("another seed is another run") {
  CHECK(live_through({.seed = 1}).hash != live_through({.seed = 2}).hash);
}
