// Routing, restarts, key reservations and the cache: small rules, a few cases each.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "actors/policy/bounded_cache.hpp"
#include "actors/policy/key_registry.hpp"
#include "actors/policy/restart_policy.hpp"
#include "actors/policy/routing.hpp"
#include "actors/policy/wake_timer.hpp"
#include "tests/helpers/samples.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

using names = std::vector<std::string>;

// ---------------------------------------------------------------- routing

TEST_CASE("a channel's providers serve it in their order; test mode is the sandbox's alone") {
  auto config = two_providers();
  CHECK(route_of(config, channel::email, mode::live) == names{"first", "backup"});
  CHECK(route_of(config, channel::email, mode::test) == names{"test_sandbox"});
  CHECK(route_of(config, channel::sms, mode::live).empty());
  CHECK(route_of(config, channel::sms, mode::test) == names{"test_sandbox"});
}

TEST_CASE("a queue is served by its provider and those after it") {
  auto config = two_providers();
  CHECK(route_from(config, "first") == names{"first", "backup"});
  CHECK(route_from(config, "backup") == names{"backup"});
  CHECK(route_from(config, "in_app") == names{"in_app"});
  CHECK(route_from(config, "test_sandbox") == names{"test_sandbox"});
  CHECK(route_from(config, "gone").empty());
}

// ---------------------------------------------------------------- restarts

namespace {

constexpr restart_policy::instant start{1h};

} // namespace

TEST_CASE("a child's backoff doubles up to its bound and starts over after a calm time") {
  restart_policy policy{{.first_backoff = 10ms, .max_backoff = 100ms, .calm = 60s}};
  auto now = start;
  for (auto expected : {10ms, 20ms, 40ms, 80ms, 100ms, 100ms}) {
    CHECK(policy.died(now) == expected);
    now += 1s;
  }
  now += 60s;
  CHECK(policy.died(now) == 10ms);
  now += 60s; // exactly calm is not calm enough
  CHECK(policy.died(now) == 20ms);
}

TEST_CASE("however often it died, the backoff stays at its bound") {
  restart_policy policy{{.first_backoff = 10ms, .max_backoff = 5s}};
  for (int i = 0; i < 1000; ++i)
    policy.died(start);
  CHECK(policy.died(start) == 5s);
}

TEST_CASE("a timer rings once, at the earliest instant it was set to") {
  wake_timer subject;
  CHECK_FALSE(subject.rings(start));
  CHECK(subject.set(start + 10s));
  CHECK_FALSE(subject.set(start + 10s)); // a message for it is on its way
  CHECK_FALSE(subject.set(start + 20s));
  CHECK(subject.set(start + 5s));
  CHECK_FALSE(subject.rings(start + 4s));
  CHECK(subject.rings(start + 5s));
  CHECK_FALSE(subject.rings(start + 10s)); // the message of the later one
  CHECK(subject.set(start + 30s));
  CHECK_FALSE(subject.rings(start + 20s));
  CHECK(subject.rings(start + 30s));
}

TEST_CASE("a lane is judged by its restarts within the period") {
  using level = restart_intensity::level;
  restart_intensity intensity{{.period = 10s, .unhealthy_after = 2, .give_up_after = 4}};
  CHECK(intensity.now(start) == level::calm);
  for (auto expected : {level::calm, level::unhealthy, level::unhealthy, level::hopeless}) {
    intensity.restarted(start);
    CHECK(intensity.now(start) == expected);
  }
  CHECK(intensity.now(start + 10s) == level::hopeless);
  CHECK(intensity.now(start + 10s + 1ms) == level::calm);
}

// ---------------------------------------------------------------- idempotency keys

TEST_CASE("a key is reserved once, per tenant and mode, until its handle is gone") {
  key_registry keys;
  auto held = keys.reserve({"a", mode::live}, "k");
  REQUIRE(held);
  CHECK_FALSE(keys.reserve({"a", mode::live}, "k"));
  CHECK(keys.reserve({"a", mode::test}, "k"));
  CHECK(keys.reserve({"b", mode::live}, "k"));
  CHECK(keys.reserve({"a", mode::live}, "other"));
  auto copy = held;
  held.reset();
  CHECK_FALSE(keys.reserve({"a", mode::live}, "k"));
  copy.reset();
  CHECK(keys.reserve({"a", mode::live}, "k"));
}

TEST_CASE("a reservation may outlive the registry") {
  std::shared_ptr<void> held;
  {
    key_registry keys;
    held = keys.reserve({}, "k");
  }
  held.reset();
  CHECK_FALSE(held);
}

TEST_CASE("of two lanes that race for a key one gets it") {
  key_registry keys;
  constexpr int rounds = 2'000;
  std::atomic<int> both = 0, held = 0;
  auto race = [&] {
    for (int i = 0; i < rounds; ++i)
      if (auto mine = keys.reserve({}, "k")) {
        if (held.fetch_add(1) != 0)
          ++both;
        held.fetch_sub(1);
      }
  };
  std::thread other{race};
  race();
  other.join();
  CHECK(both == 0);
  CHECK(keys.reserve({}, "k"));
}

// ---------------------------------------------------------------- cache

TEST_CASE("the cache forgets who was not needed for the longest time") {
  bounded_cache<int> cache{2};
  cache.put("a", 1);
  cache.put("b", 2);
  REQUIRE(cache.find("a"));
  cache.put("c", 3);
  CHECK(cache.size() == 2);
  CHECK(*cache.find("a") == 1);
  CHECK_FALSE(cache.find("b"));
  CHECK(*cache.find("c") == 3);
}

TEST_CASE("putting again replaces the value and its age, not another entry") {
  bounded_cache<int> cache{2};
  cache.put("a", 1);
  cache.put("b", 2);
  cache.put("a", 3);
  CHECK(cache.size() == 2);
  cache.put("c", 4);
  CHECK(*cache.find("a") == 3);
  CHECK_FALSE(cache.find("b"));
}

TEST_CASE("the cache forgets one entry or all when told to") {
  bounded_cache<int> cache{3};
  for (auto key : {"a", "b", "c"})
    cache.put(key, 0);
  cache.erase("b");
  cache.erase("unknown");
  CHECK_FALSE(cache.find("b"));
  CHECK(cache.size() == 2);
  cache.clear();
  CHECK(cache.size() == 0);
  CHECK_FALSE(cache.find("a"));
  cache.put("a", 1);
  CHECK(*cache.find("a") == 1);
}
