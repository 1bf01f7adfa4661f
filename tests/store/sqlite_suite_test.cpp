// The contract suites, run by the embedded store.
#include <catch2/catch_test_macros.hpp>

#include "control_store_suite.hpp"
#include "inbox_store_suite.hpp"
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

TEST_CASE("the embedded control store keeps the contract") {
  for (auto& one : control_store_suite())
    DYNAMIC_SECTION(one.behaviour) {
      sqlite_fixture fixture;
      one.run(fixture);
    }
}

TEST_CASE("the embedded inbox store keeps the contract") {
  for (auto& one : inbox_store_suite())
    DYNAMIC_SECTION(one.behaviour) {
      sqlite_fixture fixture;
      one.run(fixture);
    }
}
