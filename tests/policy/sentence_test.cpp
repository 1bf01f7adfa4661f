#include "actors/policy/sentence.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

TEST_CASE("waits read as people say them") {
  CHECK(wait_text(0us) == "0 ms");
  CHECK(wait_text(999us) == "0 ms");
  CHECK(wait_text(350ms) == "350 ms");
  CHECK(wait_text(999'999us) == "999 ms");
  CHECK(wait_text(1s) == "1 s");
  CHECK(wait_text(1'450ms) == "1.4 s");
  CHECK(wait_text(59'999ms) == "59.9 s");
  CHECK(wait_text(1min) == "1 min");
  CHECK(wait_text(125s) == "2 min 5 s");
  CHECK(wait_text(1h) == "1 h");
  CHECK(wait_text(65min + 59s) == "1 h 5 min");
  CHECK(wait_text(26h) == "1 d 2 h");
  CHECK(wait_text(72h) == "3 d");
}

TEST_CASE("instants read as RFC 3339 in UTC, in whole seconds") {
  CHECK(instant_text(sys_time{}) == "1970-01-01T00:00:00Z");
  CHECK(instant_text(sys_time{1'743'296'400s + 999ms}) == "2025-03-30T01:00:00Z");
}
