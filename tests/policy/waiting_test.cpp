#include "actors/policy/waiting.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

const sys_time noon = std::chrono::sys_days{std::chrono::year{2025} / 6 / 1} + 12h;
const std::vector<std::string> route{"first", "backup"};

provider_view free_provider(std::string name) {
  provider_view v;
  v.name = std::move(name);
  v.slots = 4;
  return v;
}

provider_view open_until(std::string name, std::optional<sys_time> when) {
  auto v = free_provider(std::move(name));
  v.breaker = breaker_state::open;
  v.reopens_at = when;
  v.forced = when ? breaker_order::automatic : breaker_order::open;
  v.passed_over = true;
  return v;
}

delivery queued() {
  delivery d;
  d.queue = "first";
  d.history.push_back({delivery_status::queued, noon - 1min, "allowed", "Nothing stands against it."});
  return d;
}

std::optional<waiting> of(const delivery& d, provider_view first, provider_view backup = free_provider("backup")) {
  return waiting_of(d, route, {std::move(backup), std::move(first)}, noon);
}

} // namespace

TEST_CASE("what a provider says of itself is the reason its work waits, the strongest first") {
  auto full = free_provider("first");
  full.in_flight = 4;
  auto spent = free_provider("first");
  spent.rate_until = noon + 1s;
  auto paused = full;
  paused.paused_until = noon + 30s;
  auto probed = full;
  probed.breaker = breaker_state::half_open;
  auto starting = full;
  starting.starting = true;
  auto draining = paused;
  draining.draining = true;
  struct row {
    provider_view view;
    std::string rule, part;
    std::optional<sys_time> until;
  };
  const std::vector<row> table{
    {free_provider("first"), "waits.turn", "goes first", std::nullopt},
    {full, "waits.slot", "All 4 slots of provider \"first\"", std::nullopt},
    {spent, "waits.rate", "rate", noon + 1s},
    {paused, "waits.pause", "until 2025-06-01T12:00:30Z", noon + 30s},
    {probed, "waits.probe", "probed", std::nullopt},
    {starting, "waits.start", "settled", std::nullopt},
    {draining, "waits.shutdown", "shutting down", std::nullopt},
  };
  for (auto& [view, rule, part, until] : table) {
    INFO(rule);
    auto found = of(queued(), view);
    REQUIRE(found);
    CHECK(found->provider == "first");
    CHECK(found->why.rule == rule);
    CHECK(found->why.reason.find(part) != std::string::npos);
    CHECK(found->until == until);
  }
}

TEST_CASE("an open breaker is named with its end where no other provider takes over") {
  auto found = of(queued(), open_until("first", noon + 20s), open_until("backup", noon + 40s));
  REQUIRE(found);
  CHECK(found->provider == "first");
  CHECK(found->why.rule == "waits.breaker");
  CHECK(found->why.reason.find("2025-06-01T12:00:20Z") != std::string::npos);
  CHECK(found->until == noon + 20s);
}

TEST_CASE("of providers that all stand still the one that comes back first is waited for") {
  auto found = of(queued(), open_until("first", std::nullopt), open_until("backup", noon + 40s));
  REQUIRE(found);
  CHECK(found->provider == "backup");
  CHECK(found->until == noon + 40s);
}

TEST_CASE("a breaker that a person keeps open has no end") {
  auto found = of(queued(), open_until("first", std::nullopt), open_until("backup", std::nullopt));
  REQUIRE(found);
  CHECK(found->provider == "first");
  CHECK(found->why.rule == "waits.breaker_forced");
  CHECK_FALSE(found->until);
}

TEST_CASE("a provider that is passed over leaves its work to the next one's slots") {
  auto backup = free_provider("backup");
  backup.in_flight = backup.slots;
  auto found = of(queued(), open_until("first", noon + 20s), backup);
  REQUIRE(found);
  CHECK(found->provider == "backup");
  CHECK(found->why.rule == "waits.slot");
}

TEST_CASE("before its own next attempt the reason is that of its last step, unless its provider stays away longer") {
  auto d = queued();
  d.due = noon + 10s;
  d.history.push_back({delivery_status::queued, noon - 1s, "retry.backoff", "Attempt 2 of 5 follows."});
  auto own = of(d, free_provider("first"));
  REQUIRE(own);
  CHECK(own->why == decision{"retry.backoff", "Attempt 2 of 5 follows."});
  CHECK(own->until == noon + 10s);
  auto away = open_until("backup", noon + 60s);
  CHECK(of(d, open_until("first", noon + 5s), away)->why.rule == "retry.backoff");
  CHECK(of(d, open_until("first", noon + 30s), away)->why.rule == "waits.breaker");
  CHECK(of(d, open_until("first", std::nullopt), open_until("backup", std::nullopt))->why.rule
        == "waits.breaker_forced");
}

TEST_CASE("a wait that outlasts the delivery says so") {
  auto d = queued();
  d.expires_at = noon + 15s;
  auto found = of(d, open_until("first", noon + 20s), open_until("backup", noon + 40s));
  REQUIRE(found);
  CHECK(found->why.reason.ends_with("It expires before that, at 2025-06-01T12:00:15Z."));
}

TEST_CASE("nothing is said where a view that decides is missing, or nothing waits for a provider") {
  CHECK_FALSE(waiting_of(queued(), route, {free_provider("backup")}, noon));
  CHECK_FALSE(waiting_of(queued(), {}, {}, noon));
  for (auto status :
       {delivery_status::sending, delivery_status::held, delivery_status::sent, delivery_status::failed}) {
    auto d = queued();
    d.status = status;
    CHECK_FALSE(of(d, open_until("first", noon + 20s)));
  }
  auto later = queued();
  later.status = delivery_status::scheduled;
  later.due = noon + 1h;
  CHECK_FALSE(of(later, free_provider("first")));
  later.due = noon;
  CHECK(of(later, free_provider("first")));
  later.standby = true;
  CHECK_FALSE(of(later, free_provider("first")));
}
