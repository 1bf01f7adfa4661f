// The breaker against a naive model that remembers every call and works
// everything out anew at each step.
#include <algorithm>
#include <set>

#include "actors/policy/breaker.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

using instant = breaker::instant;

struct ended_call {
  instant at;
  bool failed, slow;
};

/// A call on the wire. `era` is the number of openings it has seen.
struct live_call {
  int id;
  instant begun;
  std::uint64_t era;
};

class model {
public:
  explicit model(breaker_options config) : config_(config) {}

  breaker_state state(instant now) {
    if (order != breaker_order::automatic)
      return order == breaker_order::open ? breaker_state::open : breaker_state::closed;
    if (opened_at && now - *opened_at < config_.open_for)
      return breaker_state::open;
    return opened_at ? breaker_state::half_open : breaker_state::closed;
  }

  std::size_t allowed(instant now, std::size_t free_slots) {
    auto is = state(now);
    if (is == breaker_state::half_open)
      return std::min(free_slots, config_.half_open_calls - probes.size() - passed);
    return is == breaker_state::open ? 0 : free_slots;
  }

  void begin(const live_call& c, instant now) {
    if (state(now) == breaker_state::half_open)
      probes.insert(c.id);
  }

  void end(const live_call& c, instant now, call_result what, breaker::clock_duration took) {
    auto is = state(now);
    auto probe = probes.erase(c.id) > 0;
    if (c.era != times_opened)
      return;
    if (is == breaker_state::half_open && probe)
      return end_probe(now, what);
    if (is != breaker_state::closed || what == call_result::ignored)
      return;
    log.push_back({now, what == call_result::failure, took >= config_.slow_call});
    if (order == breaker_order::automatic && should_open(now))
      open(now);
  }

  void trip(instant now) {
    if (order == breaker_order::automatic)
      open(now);
  }

  void set_order(breaker_order what) {
    order = what;
    if (what == breaker_order::automatic)
      close();
  }

  double failure_rate(instant now) const {
    auto calls = window(now);
    auto failed = std::count_if(calls.begin(), calls.end(), [](auto& c) { return c.failed; });
    return calls.empty() ? 0 : static_cast<double>(failed) / static_cast<double>(calls.size());
  }

  std::optional<instant> opened_at;
  std::uint64_t times_opened = 0;
  breaker_order order = breaker_order::automatic;

private:
  void end_probe(instant now, call_result what) {
    if (what == call_result::failure)
      open(now);
    else if (what == call_result::success && ++passed == config_.half_open_calls)
      close();
  }

  void open(instant now) {
    if (state(now) != breaker_state::open)
      ++times_opened;
    opened_at = now;
    probes.clear();
    passed = 0;
  }

  void close() {
    opened_at.reset();
    log.clear();
    probes.clear();
    passed = 0;
  }

  std::vector<ended_call> window(instant now) const {
    auto from = log.size() > config_.window ? log.size() - config_.window : 0;
    std::vector<ended_call> calls(log.begin() + static_cast<std::ptrdiff_t>(from), log.end());
    std::erase_if(calls, [&](auto& c) { return now - c.at >= config_.window_time; });
    return calls;
  }

  bool should_open(instant now) const {
    auto trailing = std::find_if(log.rbegin(), log.rend(), [](auto& c) { return !c.failed; }) - log.rbegin();
    if (config_.consecutive > 0 && static_cast<std::size_t>(trailing) >= config_.consecutive)
      return true;
    auto calls = window(now);
    if (calls.size() < config_.min_calls)
      return false;
    auto share = [&](auto what) {
      return static_cast<double>(std::count_if(calls.begin(), calls.end(), what)) / static_cast<double>(calls.size());
    };
    auto failed = share([](auto&c) { return c.failed; }), slow = share([](auto&c) { return c.slow; });
    return (failed > 0 && failed >= config_.failure_rate) || (slow > 0 && slow >= config_.slow_rate);
  }

  breaker_options config_;
  std::vector<ended_call> log;
  std::set<int> probes;
  std::size_t passed = 0;
};

/// Drives both with the same random steps.
class pair_of {
public:
  pair_of(test::seeded_random& random, breaker_options config)
      : random_(random), config_(config), real_(config), model_(config) {}

  /// Time moves at every step, so that no call begins at the instant of an opening.
  void step() {
    now_ +=
      std::chrono::microseconds{random_.chance(0.05) ? random_.between(1, 20'000'000) : random_.between(1, 400'000)};
    auto dice = random_.real(0, 1);
    if (dice < 0.45)
      begin();
    else if (dice < 0.92)
      finish();
    else if (dice < 0.95)
      trip();
    else if (dice < 0.98)
      order();
    compare();
  }

private:
  void begin() {
    if (real_.allowed(now_, 4) == 0)
      return;
    live_.push_back({next_id_++, now_, model_.times_opened});
    real_.begin(now_);
    model_.begin(live_.back(), now_);
  }

  void finish() {
    if (live_.empty())
      return;
    auto at = live_.begin() + static_cast<std::ptrdiff_t>(random_.index(live_.size()));
    auto c = *at;
    live_.erase(at);
    auto took = now_ - c.begun;
    auto what = static_cast<call_result>(random_.index(3));
    real_.end(now_, what, took);
    model_.end(c, now_, what, took);
  }

  void trip() {
    real_.trip(now_);
    model_.trip(now_);
  }

  void order() {
    auto what = static_cast<breaker_order>(random_.index(3));
    real_.order(what, now_);
    model_.set_order(what);
  }

  void compare() {
    REQUIRE(real_.state(now_) == model_.state(now_));
    for (auto slots : {std::size_t{0}, std::size_t{1}, std::size_t{100}})
      REQUIRE(real_.allowed(now_, slots) == model_.allowed(now_, slots));
    REQUIRE(real_.times_opened() == model_.times_opened);
    REQUIRE(real_.failure_rate(now_) == model_.failure_rate(now_));
    REQUIRE(real_.ordered() == model_.order);
    if (real_.state(now_) == breaker_state::open && model_.order == breaker_order::automatic)
      REQUIRE(real_.reopens_at() == *model_.opened_at + config_.open_for);
  }

  test::seeded_random& random_;
  breaker_options config_;
  breaker real_;
  model model_;
  instant now_{1'000h};
  std::vector<live_call> live_;
  int next_id_ = 0;
};

breaker_options any_config(test::seeded_random& random) {
  breaker_options config;
  config.window = static_cast<std::size_t>(random.between(1, 12));
  config.window_time = std::chrono::milliseconds{random.between(200, 20'000)};
  config.min_calls = static_cast<std::size_t>(random.between(1, 8));
  config.failure_rate = random.real(0.1, 1);
  config.slow_call = std::chrono::milliseconds{random.between(1, 2'000)};
  config.slow_rate = random.real(0.3, 1);
  config.consecutive = static_cast<std::size_t>(random.between(0, 6));
  config.open_for = std::chrono::milliseconds{random.between(1, 8'000)};
  config.half_open_calls = static_cast<std::size_t>(random.between(1, 5));
  return config;
}

} // namespace

TEST_CASE("a breaker does what a naive model does, whatever happens") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int run = 0; run < 300; ++run) {
    CAPTURE(run);
    pair_of both{random, any_config(random)};
    for (int i = 0; i < 400; ++i)
      both.step();
  }
}
