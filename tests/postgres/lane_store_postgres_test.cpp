// The contract suite of lanes, run by the distributed store on a real PostgreSQL.
#include "../store/lane_store_suite.hpp"
#include "postgres_fixture.hpp"

using namespace carillon::test;

TEST_CASE("the distributed lane store keeps the contract") {
  for (auto& one : lane_store_suite())
    DYNAMIC_SECTION(one.behaviour) {
      postgres_fixture fixture;
      one.run(fixture);
    }
}
