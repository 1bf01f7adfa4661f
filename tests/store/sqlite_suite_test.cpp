// The contract suites, run by the embedded store.
#include <catch2/catch_test_macros.hpp>

#include "lane_store_suite.hpp"
#include "sqlite_fixture.hpp"

using namespace carillon::test;

TEST_CASE("the embedded lane store keeps the contract") {
  for (auto& one : lane_store_suite())
    DYNAMIC_SECTION(one.behaviour) {
      sqlite_fixture fixture;
      one.run(fixture);
    }
}
