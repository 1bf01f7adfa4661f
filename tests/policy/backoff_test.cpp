#include <algorithm>
#include <cmath>
#include <set>

#include "actors/policy/backoff.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

retry_options retries(backoff_strategy strategy, jitter_mode jitter = jitter_mode::none) {
  retry_options options;
  options.strategy = strategy;
  options.jitter = jitter;
  options.initial_backoff = 1s;
  options.max_backoff = 60s;
  return options;
}

retry_options any_options(test::seeded_random& random) {
  auto options = retries(static_cast<backoff_strategy>(random.between(0, 2)), jitter_mode::full);
  options.initial_backoff = std::chrono::milliseconds{random.between(0, 100'000)};
  options.max_backoff = std::chrono::milliseconds{random.between(0, 1'000'000)};
  return options;
}

} // namespace

TEST_CASE("exponential backoff doubles up to max_backoff") {
  auto options = retries(backoff_strategy::exponential);
  std::vector<duration> caps;
  for (int failed = 1; failed <= 9; ++failed)
    caps.push_back(backoff_cap(options, failed));
  CHECK(caps == std::vector<duration>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s});
}

TEST_CASE("fixed backoff stays the same") {
  for (int failed : {1, 2, 50})
    CHECK(backoff_cap(retries(backoff_strategy::fixed), failed) == 1s);
}

TEST_CASE("an initial backoff above max_backoff is max_backoff") {
  auto options = retries(backoff_strategy::fixed);
  options.initial_backoff = 5min;
  CHECK(backoff_cap(options, 1) == 60s);
  options.strategy = backoff_strategy::exponential;
  CHECK(backoff_cap(options, 1) == 60s);
}

TEST_CASE("tiers wait 30 s, 2 min and 10 min, whatever jitter and max_backoff say") {
  test::seeded_random random;
  INFO(random.seed_text());
  auto options = retries(backoff_strategy::tiers, jitter_mode::full);
  CHECK(backoff(options, 1, std::nullopt, random.engine()) == 30s);
  CHECK(backoff(options, 2, std::nullopt, random.engine()) == 2min);
  CHECK(backoff(options, 3, std::nullopt, random.engine()) == 10min);
  CHECK(attempts_allowed(options) == 4);
}

TEST_CASE("huge counts and waits do not overflow") {
  auto options = retries(backoff_strategy::exponential);
  options.max_backoff = duration::max();
  CHECK(backoff_cap(options, 1'000'000) == duration::max());
  options.initial_backoff = duration::max() / 2 + 1us;
  CHECK(backoff_cap(options, 2) == duration::max());
}

TEST_CASE("a wait is never longer than its cap, caps never than max_backoff, and caps never shrink") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int i = 0; i < 5'000; ++i) {
    auto options = any_options(random);
    auto failed = static_cast<int>(random.between(1, 30));
    auto cap = backoff_cap(options, failed);
    auto wait = backoff(options, failed, std::nullopt, random.engine());
    REQUIRE(wait >= 0us);
    REQUIRE(wait <= cap);
    REQUIRE(cap <= backoff_cap(options, failed + 1));
    if (options.strategy != backoff_strategy::tiers)
      REQUIRE(cap <= options.max_backoff);
  }
}

TEST_CASE("full jitter spreads waits evenly from nothing to the cap") {
  test::seeded_random random;
  INFO(random.seed_text());
  auto options = retries(backoff_strategy::exponential, jitter_mode::full);
  constexpr int draws = 20'000;
  std::array<int, 10> tenths{};
  for (int i = 0; i < draws; ++i) {
    auto share = backoff(options, 4, std::nullopt, random.engine()) / std::chrono::duration<double>{8s};
    ++tenths[std::min<std::size_t>(9, static_cast<std::size_t>(share * 10))];
  }
  for (auto count : tenths)
    CHECK(std::abs(count - draws / 10) < 300); // 2,000 +- 7 standard deviations
}

TEST_CASE("full jitter draws every wait from nothing to the cap itself") {
  std::mt19937_64 random{1};
  auto options = retries(backoff_strategy::fixed, jitter_mode::full);
  options.initial_backoff = 3us;
  std::set<duration> drawn;
  for (int i = 0; i < 1'000; ++i)
    drawn.insert(backoff(options, 1, std::nullopt, random));
  CHECK(drawn == std::set<duration>{0us, 1us, 2us, 3us});
}

TEST_CASE("without jitter the wait is the cap") {
  std::mt19937_64 random{1};
  CHECK(backoff(retries(backoff_strategy::exponential), 3, std::nullopt, random) == 4s);
}

TEST_CASE("a retry waits for Retry-After even past max_backoff") {
  std::mt19937_64 random{1};
  for (auto strategy : {backoff_strategy::exponential, backoff_strategy::fixed, backoff_strategy::tiers})
    CHECK(backoff(retries(strategy, jitter_mode::full), 1, 2h, random) == 2h);
}

TEST_CASE("a short Retry-After does not shorten the backoff") {
  std::mt19937_64 random{1};
  CHECK(backoff(retries(backoff_strategy::exponential), 4, 1s, random) == 8s);
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(backoff(retries(backoff_strategy::exponential, jitter_mode::full), 4, 3s, random) >= 3s);
}

TEST_CASE("the attempts allowed follow the options") {
  auto options = retries(backoff_strategy::exponential);
  options.max_attempts = 7;
  CHECK(attempts_allowed(options) == 7);
  options.enabled = false;
  CHECK(attempts_allowed(options) == 1);
  options.strategy = backoff_strategy::tiers;
  CHECK(attempts_allowed(options) == 1);
}

TEST_CASE("run-time settings override what they name, on their channel only") {
  auto options = retries(backoff_strategy::exponential);
  feature_settings settings;
  auto& sms = settings.retry[channel::sms];
  sms.max_attempts = 2;
  sms.initial_backoff = 9s;
  sms.max_backoff = 10s;
  sms.strategy = "fixed";
  sms.enabled = false;

  auto changed = with_settings(options, &settings, channel::sms);
  CHECK(changed.max_attempts == 2);
  CHECK(changed.initial_backoff == 9s);
  CHECK(changed.max_backoff == 10s);
  CHECK(changed.strategy == backoff_strategy::fixed);
  CHECK_FALSE(changed.enabled);

  CHECK(with_settings(options, &settings, channel::email).max_attempts == options.max_attempts);
  CHECK(with_settings(options, nullptr, channel::sms).max_attempts == options.max_attempts);
}

TEST_CASE("settings that name one thing leave the others") {
  feature_settings settings;
  settings.retry[channel::sms].strategy = "tiers";
  auto changed = with_settings(retries(backoff_strategy::fixed), &settings, channel::sms);
  CHECK(changed.strategy == backoff_strategy::tiers);
  CHECK(changed.initial_backoff == 1s);
  CHECK(changed.enabled);
  settings.retry[channel::sms].strategy = "sometimes";
  CHECK(with_settings(retries(backoff_strategy::fixed), &settings, channel::sms).strategy == backoff_strategy::fixed);
}
