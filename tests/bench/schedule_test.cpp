#include "bench/load/schedule.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;

TEST_CASE("an open loop's requests are evenly spaced and do not drift") {
  const load::schedule even{30'000, 1, 0};
  CHECK(even.at(0) == 0ns);
  CHECK(even.at(30'000) == 1s);
  CHECK(even.at(30'000 * 3'600ULL) == 3'600s);
}

TEST_CASE("a burst leaves at its rate, then nothing leaves until the next") {
  const load::schedule bursts{100, 1, 0.5};
  CHECK(bursts.at(99) == 990ms);
  CHECK(bursts.at(100) == 1'500ms);
  CHECK(bursts.at(199) == 2'490ms);
  CHECK(bursts.at(200) == 3'000ms);
}
