#include <algorithm>

#include "actors/policy/backoff.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

constexpr sys_time start{std::chrono::sys_days{std::chrono::March / 1 / 2026}};

retry_budget_options budget_of(double ratio, double minimum) {
  return {.ratio = ratio, .minimum = minimum};
}

/// How many of so many retries at one instant need not wait longer.
int at_once(retry_budget& budget, sys_time now, int asked) {
  int within = 0;
  for (int i = 0; i < asked; ++i)
    within += budget.spend(now) == 0us ? 1 : 0;
  return within;
}

} // namespace

TEST_CASE("the floor is there without any first attempt, for ten seconds at most") {
  retry_budget budget{budget_of(0.2, 10)};
  CHECK(at_once(budget, start, 1'000) == 100);
}

TEST_CASE("first attempts earn their share") {
  retry_budget budget{budget_of(0.2, 0)};
  CHECK(at_once(budget, start, 5) == 0);
  budget.earn(100, start);
  CHECK(at_once(budget, start, 100) == 20);
}

TEST_CASE("budget that is not used is forgotten") {
  retry_budget budget{budget_of(0.5, 0)};
  budget.earn(1'000, start);
  CHECK(at_once(budget, start + 5min, 1'000) == 0);
}

TEST_CASE("over the budget retries are spaced out evenly, none is dropped") {
  retry_budget budget{budget_of(0.2, 10)};
  at_once(budget, start, 100);
  for (int i = 1; i <= 50; ++i)
    CHECK(budget.spend(start) == i * 100ms);
}

TEST_CASE("what first attempts earn shortens the wait") {
  retry_budget idle{budget_of(0.2, 10)}, busy{budget_of(0.2, 10)};
  for (int s = 0; s < 60; ++s)
    busy.earn(1'000, start + s * 1s);
  at_once(idle, start + 60s, 5'000);
  at_once(busy, start + 60s, 5'000);
  CHECK(busy.spend(start + 60s) < idle.spend(start + 60s) / 10);
}

TEST_CASE("no retry waits longer than the longest wait, not even without income") {
  retry_budget none{budget_of(0, 0)}, little{budget_of(0, 1)};
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(none.spend(start) == retry_budget::longest_wait);
    REQUIRE(little.spend(start) <= retry_budget::longest_wait);
  }
  CHECK(little.spend(start) == retry_budget::longest_wait);
}

TEST_CASE("the debt of an outage is over when the longest wait is") {
  retry_budget budget{budget_of(0.2, 10)};
  at_once(budget, start, 1'000'000);
  CHECK(at_once(budget, start + retry_budget::longest_wait + 1s, 1) == 1);
}

TEST_CASE("a clock that steps back earns nothing and breaks nothing") {
  retry_budget budget{budget_of(0.2, 10)};
  at_once(budget, start, 100);
  CHECK(at_once(budget, start - 1h, 1) == 0);
  CHECK(at_once(budget, start - 1h + 1s, 5) == 5);
}

TEST_CASE("retries that start stay within floor and share, however they come") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int run = 0; run < 50; ++run) {
    auto config = budget_of(random.real(0, 1), random.real(1, 50));
    auto first_per_s = random.between(0, 500);
    CAPTURE(config.ratio, config.minimum, first_per_s);
    retry_budget budget{config};
    std::vector<sys_time> starts;
    constexpr auto length = 120s;
    for (auto now = start; now < start + length; now += 1s) {
      budget.earn(static_cast<std::size_t>(first_per_s), now);
      for (auto n = random.between(0, 300); n > 0; --n)
        starts.push_back(now + budget.spend(now));
    }
    auto within = std::count_if(starts.begin(), starts.end(), [&](auto at) { return at < start + length; });
    auto per_s = config.minimum + config.ratio * static_cast<double>(first_per_s);
    CHECK(static_cast<double>(within) <= per_s * (120 + 10) * 1.1 + 1);
  }
}
