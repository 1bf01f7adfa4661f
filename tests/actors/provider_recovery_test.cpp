// What a provider does about calls of an incarnation that died, and about peers
// that were restarted.
#include <catch2/generators/catch_generators.hpp>

#include "tests/actors/provider_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

struct provider_recovery_test : provider_fixture {
  /// Its own peers but for those that were replaced.
  void meet(std::function<void(lane_peers&)> change) {
    lane_peers now = *peers();
    change(now);
    send(subject, peers_atom_v, std::make_shared<const lane_peers>(std::move(now)));
  }
};

} // namespace

TEST_CASE_METHOD(provider_recovery_test, "before it gives credit it voids the old, waits for the store, and reads it") {
  store.barriers.forget();
  store.in_flights.forget();
  subject = start(provider, how);
  auto voided = newest_pause();
  CHECK(credits() == 0);
  CHECK(store.in_flights.made() == 0);
  store.barriers.answer(ok);
  run();
  CHECK(store.in_flights.asked().provider == "first");
  CHECK(credits() == 0);
  store.in_flights.answer(std::vector<pulled>{});
  run();
  auto given = newest_credit();
  CHECK(given.epoch > voided);
  CHECK(given.slots == 3);
}

TEST_CASE_METHOD(provider_recovery_test,
                 "calls an earlier incarnation left open end as ambiguous and keep their slots") {
  store.in_flights.always(
    std::vector<pulled>{{n, started_delivery(*n, "first", 1)}, {n, started_delivery(*n, "first", 2)}});
  auto given = begin();
  CHECK(given.slots == 1);
  auto r = reported();
  CHECK(outcome_of(r) == outcome::ambiguous);
  CHECK(r->attempted);
  CHECK(r->d.attempts.back().code == "interrupted");
  CHECK(r->d.attempts.back().finished_at == start_of_tests);
  CHECK(look().in_flight == 2);
  settle(1);
  CHECK(newest_credit().slots == 1);
}

TEST_CASE_METHOD(provider_recovery_test, "leftovers whose repeat the vendor recognises say so") {
  how.options.protocol = "webhook";
  store.in_flights.always(std::vector<pulled>{{n, started_delivery(*n)}});
  begin();
  CHECK(reported()->key_carried);
}

TEST_CASE_METHOD(provider_recovery_test, "a recovery that fails is repeated until it succeeds") {
  auto fails = GENERATE(as<std::string>{}, "barrier", "in_flight");
  store.barriers.forget();
  store.in_flights.forget();
  subject = start(provider, how);
  for (int i = 0; i < 3; ++i) {
    dispatcher_peer.clear();
    if (fails == "barrier") {
      store.barriers.fail();
    } else {
      store.barriers.answer(ok);
      run();
      store.in_flights.fail();
    }
    run();
    CHECK(credits() == 0);
    advance(500ms);
  }
  store.barriers.answer(ok);
  run();
  store.in_flights.answer(std::vector<pulled>{});
  run();
  CHECK(newest_credit().slots == 3);
}

TEST_CASE_METHOD(provider_recovery_test, "a dispatcher that does not answer is asked again") {
  dispatcher_peer.leave();
  run();
  subject = start(provider, how);
  CHECK(store.barriers.made() == 0);
  probe other{system()};
  meet([&](lane_peers& now) { now.dispatcher = other.as<dispatcher_actor>(); });
  advance(500ms);
  CHECK(store.in_flights.made() == 1);
  CHECK(other.count<std::string, std::uint64_t>(pause_atom_v) == 2);
  CHECK(other.count<std::string, std::uint64_t, std::size_t>(credit_atom_v) == 1);
  other.leave();
  run();
}

TEST_CASE_METHOD(provider_recovery_test, "work that comes while it recovers is handed back") {
  store.barriers.forget();
  subject = start(provider, how);
  call(newest_pause());
  CHECK(vendors.calls.made() == 0);
  CHECK_FALSE(reported()->attempted);
}

TEST_CASE_METHOD(provider_recovery_test, "orders and looks are possible while it recovers") {
  store.barriers.forget();
  subject = start(provider, how);
  newest_pause();
  send(subject, order_atom_v, breaker_order::open);
  CHECK(credits() == 0);
  CHECK(look().breaker == breaker_state::open);
}

TEST_CASE_METHOD(provider_recovery_test, "a new dispatcher gets fresh credit; calls on the wire go on") {
  auto given = begin();
  call(given.epoch);
  probe other{system()};
  meet([&](lane_peers& now) { now.dispatcher = other.as<dispatcher_actor>(); });
  CHECK(credits() == 0);
  auto [name, voided] = other.take<std::string, std::uint64_t>(pause_atom_v);
  auto [again, epoch, slots] = other.take<std::string, std::uint64_t, std::size_t>(credit_atom_v);
  CHECK(epoch == voided);
  CHECK(slots == 2);
  answer(250);
  CHECK(outcome_of(reported()) == outcome::accepted);
  other.leave();
  run();
}

TEST_CASE_METHOD(provider_recovery_test, "outcomes that are not durable yet are reported again when they may be lost") {
  auto given = begin();
  call(given.epoch, 1);
  answer(250);
  auto first = reported();
  call(given.epoch, 2); // still on the wire
  probe other{system()};
  SECTION("the status sink was restarted") {
    meet([&](lane_peers& now) { now.status_sink = other.as<status_sink_actor>(); });
    CHECK(other.count<report_ptr>(report_atom_v) == 1);
    CHECK(other.take<report_ptr>(report_atom_v) == first);
  }
  SECTION("the retry timer was restarted, with plans in its mailbox") {
    meet([&](lane_peers& now) { now.retry_timer = other.as<retry_timer_actor>(); });
    CHECK(reported() == first);
    CHECK(status_sink_peer.empty());
  }
  SECTION("anybody else was") {
    meet([&](lane_peers& now) { now.throttle = other.as<throttle_actor>(); });
    CHECK(status_sink_peer.empty());
  }
  CHECK(credits() == 0);
  other.leave();
  run();
}

TEST_CASE_METHOD(provider_recovery_test,
                 "after voiding slots it gives out new ones once what was started with them has come") {
  auto given = begin();
  store.barriers.forget();
  send(subject, order_atom_v, breaker_order::closed);
  CHECK(newest_pause() > given.epoch);
  CHECK(credits() == 0);
  call(given.epoch); // its start was on its way into the store
  CHECK_FALSE(reported()->attempted);
  SECTION("the store is through") {
    store.barriers.answer(ok);
    run();
    CHECK(newest_credit().slots == how.slots - 1);
  }
  SECTION("the store could not say, and is asked again") {
    store.barriers.fail();
    run();
    CHECK(credits() == 0);
    advance(how.recovery_pause);
    store.barriers.answer(ok);
    run();
    CHECK(newest_credit().slots == how.slots - 1);
  }
}
