// The contract suites of the stores, run by the models of the simulation: what
// the simulation finds, SQLite would have shown as well.
#include <catch2/catch_test_macros.hpp>

#include "tests/sim/model/model_stores.hpp"
#include "tests/store/control_store_suite.hpp"
#include "tests/store/inbox_store_suite.hpp"
#include "tests/store/lane_store_suite.hpp"

using namespace carillon;
using namespace carillon::sim;
using namespace carillon::test;

namespace {

class model_fixture final : public store_fixture {
public:
  model_fixture() {
    critical_.look_also_in(bulk_);
    bulk_.look_also_in(critical_);
    reopen();
  }
  lane_store& of(lane l) override { return l == lane::critical ? *critical_port_ : *bulk_port_; }
  control_store& control() override { return control_port_; }
  inbox_store& inbox() override { return inbox_port_; }
  carillon::test::manual_clock& clock() override { return clock_; }
  void reopen() override {
    critical_port_ = std::make_unique<model_lane_store>(critical_, lines_);
    bulk_port_ = std::make_unique<model_lane_store>(bulk_, lines_);
  }
  void settle(lane l) override { (l == lane::critical ? critical_ : bulk_).tidy_up(); }
  duration retention() const override { return 30 * 24h; }
  duration idempotency_ttl() const override { return 24h; }

private:
  carillon::test::manual_clock clock_;
  lane_model critical_{lane::critical, clock_, 24h, 30 * 24h};
  lane_model bulk_{lane::bulk, clock_, 24h, 30 * 24h};
  control_model control_{clock_};
  inbox_model inbox_;
  at_once line_;
  file_lines lines_{line_, line_, line_};
  std::unique_ptr<model_lane_store> critical_port_, bulk_port_;
  model_control_store control_port_{control_, lines_};
  model_inbox_store inbox_port_{inbox_, lines_};
};

} // namespace

TEST_CASE("the simulation's lane store keeps the contract") {
  for (auto& one : lane_store_suite())
    DYNAMIC_SECTION(one.behaviour) {
      model_fixture fixture;
      one.run(fixture);
    }
}

TEST_CASE("the simulation's control store keeps the contract") {
  for (auto& one : control_store_suite())
    DYNAMIC_SECTION(one.behaviour) {
      model_fixture fixture;
      one.run(fixture);
    }
}

TEST_CASE("the simulation's inbox store keeps the contract") {
  for (auto& one : inbox_store_suite())
    DYNAMIC_SECTION(one.behaviour) {
      model_fixture fixture;
      one.run(fixture);
    }
}
