#include "runtime/engine/provider_glance.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

/// The providers answer when the test says so.
struct scene {
  std::vector<std::function<void(std::vector<provider_view>)>> looks;
  provider_glance::instant now{1h};
  provider_glance glance{[this](auto then) { looks.push_back(std::move(then)); }, 100ms, [this] { return now; }};
  std::vector<provider_views_ptr> told;

  void ask() {
    glance.ask([this](provider_views_ptr views) { told.push_back(std::move(views)); });
  }
  void answer(std::size_t providers) { looks.back()(std::vector<provider_view>(providers)); }
};

} // namespace

TEST_CASE("all who ask while a look is under way share its answer") {
  scene at;
  at.ask();
  at.ask();
  CHECK(at.looks.size() == 1);
  CHECK(at.told.empty());
  at.answer(2);
  REQUIRE(at.told.size() == 2);
  CHECK(at.told[0]->size() == 2);
  CHECK(at.told[0] == at.told[1]);
}

TEST_CASE("an answer serves for a moment, then the providers are looked at again") {
  scene at;
  at.ask();
  at.answer(1);
  at.now += 99ms;
  at.ask();
  CHECK(at.looks.size() == 1);
  CHECK(at.told.size() == 2);
  at.now += 1ms;
  at.ask();
  CHECK(at.looks.size() == 2);
  CHECK(at.told.size() == 2);
  at.answer(3);
  CHECK(at.told.back()->size() == 3);
}
