#include "actors/policy/ready_queues.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

using route_t = std::vector<std::string>;

const queue_key email{"first", {}};
const queue_key texts{"texts", {}};

struct queues : ready_queues {
  queues()
      : ready_queues([](const std::string& queue) {
          if (queue == "first")
            return route_t{"first", "backup"};
          return queue == "gone" ? route_t{} : route_t{queue};
        }) {}
};

struct route_row {
  const char* what;
  std::vector<std::tuple<const char*, std::uint64_t, std::size_t>> grants;
  std::optional<std::string> taken; ///< by a delivery of the route first, backup
};

} // namespace

TEST_CASE("a slot is taken at the first provider that is not blocked, never past a busy one") {
  for (auto& each : std::vector<route_row>{
         {"nobody granted anything", {}, {}},
         {"both have credit", {{"first", 1, 1}, {"backup", 1, 1}}, "first"},
         {"the first was never heard of: it is starting", {{"backup", 1, 1}}, {}},
         {"the first is blocked", {{"first", 1, 5}, {"first", 2, 0}, {"backup", 1, 1}}, "backup"},
         {"the first has come back", {{"first", 1, 5}, {"first", 2, 0}, {"first", 2, 1}, {"backup", 1, 1}}, "first"},
         {"credit of an older epoch", {{"first", 2, 0}, {"first", 1, 5}}, {}},
         {"everybody is blocked", {{"first", 1, 0}, {"backup", 1, 0}}, {}},
       }) {
    INFO(each.what);
    queues q;
    for (auto& [provider, epoch, n] : each.grants)
      q.grant(provider, epoch, n);
    auto got = q.take({"first", "backup"});
    CHECK((got ? std::optional{got->provider} : std::nullopt) == each.taken);
  }
}

TEST_CASE("a busy provider is waited for: its fallback is not asked") {
  queues q;
  q.grant("first", 1, 1);
  q.grant("backup", 1, 1);
  REQUIRE(q.take({"first", "backup"}));
  CHECK_FALSE(q.take({"first", "backup"}));
}

TEST_CASE("a slot carries the epoch it was granted in") {
  queues q;
  q.grant("first", 7, 1);
  CHECK(q.take({"first"})->epoch == 7);
}

TEST_CASE("the straight way is open only while nothing older waits anywhere") {
  queues q;
  CHECK(q.straight(email));
  SECTION("on its way into the store") {
    q.parking(email);
    CHECK_FALSE(q.straight(email));
    q.parked(email);
    CHECK_FALSE(q.straight(email)); // it waits there now
  }
  SECTION("in the store") {
    q.ready(email);
  }
  SECTION("being read") {
    q.grant("first", 1, 1);
    q.ready(email);
    REQUIRE(q.next_pull());
  }
  SECTION("in hand") {
    q.take_in_hand(email, 1);
  }
  CHECK_FALSE(q.straight(email));
  CHECK(q.straight(texts));
}

TEST_CASE("the straight way opens again when the last of it is gone") {
  queues q;
  q.grant("first", 1, 2);
  q.parking(email);
  q.parked(email);
  REQUIRE(q.next_pull());
  q.take_in_hand(email, 1);
  q.pulled(email, false);
  CHECK_FALSE(q.straight(email));
  CHECK(q.let_go(email, 1));
  CHECK(q.straight(email));
}

TEST_CASE("which way a new row goes: straight, straight soon, or by way of the store") {
  using way = ready_queues::way;
  queues q;
  ready_queues::instant now{std::chrono::hours{1}};
  auto found = [&] { return q.way_of(email, {"first", "backup"}, now); };
  CHECK(found() == way::store); // nobody granted anything
  q.grant("first", 1, 1);
  CHECK(found() == way::straight);
  REQUIRE(q.take({"first", "backup"}));
  CHECK(found() == way::soon); // its slot is taken
  SECTION("older rows stand in the store and no slot is free") {
    q.ready(email);
    CHECK(found() == way::store);
  }
  SECTION("rows are read") {
    q.grant("first", 1, 2);
    q.ready(email);
    CHECK(found() == way::soon);
    REQUIRE(q.next_pull());
    CHECK(found() == way::soon);
    SECTION("and there are more") {
      q.pulled(email, true);
      CHECK(found() == way::store);
    }
    SECTION("and in hand") {
      q.take_in_hand(email, 1);
      q.pulled(email, false);
      CHECK(found() == way::soon);
      q.let_go(email, 1);
      CHECK(found() == way::straight);
    }
  }
  SECTION("its slots are void: nobody knows when there are others") {
    q.pause("first", 2);
    CHECK(found() == way::store);
  }
  SECTION("it is blocked, and so its fallback counts") {
    q.grant("first", 2, 0);
    CHECK(found() == way::store);
    q.grant("backup", 1, 1);
    CHECK(found() == way::straight);
    REQUIRE(q.take({"first", "backup"}));
    CHECK(found() == way::soon);
  }
  SECTION("all of its providers are blocked") {
    q.grant("first", 2, 0);
    q.grant("backup", 1, 0);
    CHECK(found() == way::store);
  }
}

TEST_CASE("nobody waits for the straight way in vain again, nor past somebody else's rows") {
  using way = ready_queues::way;
  queues q;
  ready_queues::instant now{std::chrono::hours{1}};
  auto found = [&] { return q.way_of(email, {"first", "backup"}, now); };
  q.grant("first", 1, 1);
  REQUIRE(q.take({"first", "backup"}));
  CHECK(found() == way::soon);
  SECTION("a slot did not come soon enough: nobody waits for one of that provider") {
    q.gave_up(email, now + std::chrono::seconds{1});
    CHECK(found() == way::store);
    CHECK(q.way_of({"first", {"other", mode::live}}, {"first"}, now) == way::store);
    q.grant("first", 1, 1);
    CHECK(found() == way::straight); // where it is open, it is
    REQUIRE(q.take({"first"}));
    now += std::chrono::seconds{1};
    CHECK(found() == way::soon);
  }
  SECTION("its rows did not go soon enough: nobody waits for that queue's") {
    queue_key other{"first", {"other", mode::live}};
    q.grant("first", 1, 2);
    for (auto& each : {email, other})
      q.take_in_hand(each, 1);
    q.gave_up(email, now + std::chrono::seconds{1});
    CHECK(found() == way::store);
    CHECK(q.way_of(other, {"first"}, now) == way::soon);
    now += std::chrono::seconds{1};
    CHECK(found() == way::soon);
  }
  SECTION("somebody else's rows wait for a slot: they go first") {
    queue_key other{"first", {"other", mode::live}};
    auto closed = [&](auto&& change, way expected) {
      change();
      CHECK(found() == expected);
    };
    closed([&] { q.parking(other); }, way::store);
    closed([&] { q.parked(other); }, way::store);
    q.grant("first", 1, 1);
    REQUIRE(q.next_pull());
    REQUIRE(q.take({"first"}));
    closed([&] { q.take_in_hand(other, 1); }, way::store);
    closed([&] { q.pulled(other, false); }, way::store);
    closed([&] { q.let_go(other, 1); }, way::soon);
    closed([&] { q.ready(texts); }, way::soon); // another provider's
  }
}

TEST_CASE("letting go says whether the row was in hand") {
  queues q;
  CHECK_FALSE(q.let_go(email, 1));
  q.take_in_hand(email, 1);
  CHECK(q.let_go(email, 1));
  CHECK_FALSE(q.let_go(email, 1));
}

TEST_CASE("a queue is read when it has both work and credit, for as many rows as there is credit") {
  queues q;
  q.ready(email);
  CHECK_FALSE(q.next_pull());
  q.grant("first", 1, 3);
  q.take_in_hand(email, 42);
  auto pull = q.next_pull();
  REQUIRE(pull);
  CHECK(pull->queue == email);
  CHECK(pull->limit == 3);
  CHECK(pull->except == std::vector<row_key>{42});
  CHECK_FALSE(q.next_pull()); // not twice at once
}

TEST_CASE("one read takes a bounded number of rows") {
  queues q;
  q.grant("first", 1, 10'000);
  q.ready(email);
  CHECK(q.next_pull()->limit == 64);
}

TEST_CASE("a queue without work left is not read again until it is ready") {
  queues q;
  q.grant("first", 1, 3);
  q.ready(email);
  q.next_pull();
  SECTION("nothing more") {
    q.pulled(email, false);
    CHECK_FALSE(q.next_pull());
    q.ready(email);
    CHECK(q.next_pull());
  }
  SECTION("more rows") {
    q.pulled(email, true);
    CHECK(q.next_pull());
  }
  SECTION("rows came while it was read") {
    q.ready(email);
    q.pulled(email, false);
    CHECK(q.next_pull());
  }
}

TEST_CASE("queues with credit take turns; one without is passed over and keeps its turn") {
  queues q;
  queue_key a{"first", {"a", mode::live}}, b{"first", {"b", mode::live}};
  q.grant("first", 1, 5);
  for (auto& each : {texts, a, b})
    q.ready(each);
  std::vector<queue_key> turns;
  for (int i = 0; i < 4; ++i) {
    turns.push_back(q.next_pull()->queue);
    q.pulled(turns.back(), true);
  }
  CHECK(turns == std::vector{a, b, a, b});
  q.grant("texts", 1, 1);
  CHECK(q.next_pull()->queue == texts);
}

TEST_CASE("becoming ready twice is one turn") {
  queues q;
  q.grant("first", 1, 5);
  q.ready(email);
  q.ready(email);
  REQUIRE(q.next_pull());
  q.pulled(email, false);
  CHECK_FALSE(q.next_pull());
}

TEST_CASE("rows of a queue that nobody serves are read without credit, to find them a new route") {
  queues q;
  queue_key gone{"gone", {}};
  q.ready(gone);
  auto pull = q.next_pull();
  REQUIRE(pull);
  CHECK(pull->limit == 64);
}

TEST_CASE("a blocked provider's queue is read with the credit of its fallback") {
  queues q;
  q.grant("first", 1, 0);
  q.grant("backup", 1, 2);
  q.ready(email);
  CHECK(q.next_pull()->limit == 2);
}

TEST_CASE("a paused provider's work waits for it") {
  queues q;
  q.grant("first", 1, 5);
  q.grant("backup", 1, 2);
  q.pause("first", 2);
  q.ready(email);
  CHECK_FALSE(q.next_pull());
  CHECK_FALSE(q.take({"first", "backup"}));
  q.grant("first", 2, 3);
  CHECK(q.next_pull()->limit == 3);
}
