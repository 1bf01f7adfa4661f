// Breaker, pauses and orders: when a provider stops taking work, and starts again.
#include "tests/actors/provider_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

struct provider_health_test : provider_fixture {
  provider_health_test() {
    how.slots = 8;
    how.options.breaker.consecutive = 3;
    how.options.breaker.open_for = 30s;
    how.options.breaker.half_open_calls = 2;
  }
  /// Fails until the breaker opens; answers the credit of that moment.
  credit open_breaker(credit given) {
    for (int i = 1; i <= 3; ++i) {
      call(given.epoch, i);
      answer(broken(wire_answer::failure::not_sent));
    }
    return newest_credit();
  }
  void settle_failures() {
    for (int i = 1; i <= 3; ++i)
      settle(i);
    status_sink_peer.clear();
  }
};

} // namespace

TEST_CASE_METHOD(provider_health_test, "failures open the breaker, which voids all credit") {
  auto given = begin();
  auto voided = open_breaker(given);
  CHECK(voided.epoch > given.epoch);
  CHECK(voided.slots == 0);
  CHECK(look().breaker == breaker_state::open);
  CHECK(look().opened == 1);
  CHECK(watch.has("breaker first open"));
  CHECK(watch.has("log breaker.opened"));
  settle_failures();
  CHECK(credits() == 0);
  call(given.epoch, 4); // was on its way
  CHECK_FALSE(reported()->attempted);
}

TEST_CASE_METHOD(provider_health_test, "after open_for exactly the probes are let through, however calls go") {
  auto voided = open_breaker(begin());
  settle_failures();
  advance(29s);
  CHECK(credits() == 0);
  advance(1s);
  auto probes = newest_credit();
  CHECK(probes.epoch == voided.epoch);
  CHECK(probes.slots == 2);
  CHECK(look().breaker == breaker_state::half_open);
  call(probes.epoch, 1);
  answer(250);
  settle(1);
  CHECK(credits() == 0); // one probe is still out
  call(probes.epoch, 2);
  answer(250);
  CHECK(look().breaker == breaker_state::closed);
  settle(2);
  CHECK(newest_credit().slots == 8);
}

TEST_CASE_METHOD(provider_health_test, "a failed probe opens the breaker for another time") {
  open_breaker(begin());
  settle_failures();
  advance(30s);
  auto probes = newest_credit();
  call(probes.epoch, 1);
  answer(broken(wire_answer::failure::no_answer));
  CHECK(look().breaker == breaker_state::open);
  CHECK(newest_credit().slots == 0);
  settle(1);
  advance(29s);
  CHECK(credits() == 0);
  advance(1s);
  CHECK(newest_credit().slots == 2);
}

TEST_CASE_METHOD(provider_health_test, "a probe that says nothing of the provider is let through again") {
  open_breaker(begin());
  settle_failures();
  advance(30s);
  auto probes = newest_credit();
  call(probes.epoch, 1);
  answer(broken(wire_answer::failure::refused_address));
  settle(1);
  CHECK(newest_credit().slots == 1);
}

TEST_CASE_METHOD(provider_health_test, "a call from before the breaker opened does not count as a probe") {
  auto given = begin();
  call(given.epoch, 9);
  advance(1s);
  for (int i = 1; i <= 3; ++i) {
    call(given.epoch, i);
    vendors.calls.answer(broken(wire_answer::failure::not_sent));
    run();
  }
  // The oldest answer was for call 9: one of the three is still on the wire.
  CHECK(look().breaker == breaker_state::open);
  newest_credit();
  advance(30s);
  auto probes = newest_credit();
  CHECK(probes.slots == 2);
  answer(broken(wire_answer::failure::not_sent));
  CHECK(look().breaker == breaker_state::half_open);
}

TEST_CASE_METHOD(provider_health_test, "a refused account opens the breaker at once and says so") {
  auto given = begin();
  call(given.epoch);
  answer(535);
  CHECK(outcome_of(reported()) == outcome::bad_credentials);
  CHECK(look().breaker == breaker_state::open);
  CHECK(newest_credit().slots == 0);
  CHECK(watch.has("log provider.credentials_refused"));
}

TEST_CASE_METHOD(provider_health_test, "a throttle with a time pauses the whole provider until then") {
  how.options.protocol = "sandbox"; // says Retry-After: 1
  how.options.sandbox.throttle_rate = 1;
  auto given = begin();
  call(given.epoch);
  auto r = reported();
  CHECK(outcome_of(r) == outcome::throttled);
  CHECK(r->retry_after == 1s);
  CHECK(newest_pause() > given.epoch); // its work waits for it: a second is less than max_backoff
  CHECK(credits() == 0);
  settle();
  advance(999ms);
  CHECK(credits() == 0);
  advance(1ms);
  CHECK(newest_credit().slots == 8);
  CHECK(look().breaker == breaker_state::closed);
}

TEST_CASE_METHOD(provider_health_test, "answers that come during a pause void nothing a second time") {
  how.options.protocol = "sandbox";
  how.options.sandbox.throttle_rate = 1;
  how.options.sandbox.latency = 1ms;
  auto given = begin();
  call(given.epoch, 1);
  call(given.epoch, 2);
  advance(1ms);
  CHECK(status_sink_peer.count<report_ptr>(report_atom_v) == 2);
  CHECK(pauses() == 1);
}

TEST_CASE_METHOD(provider_health_test, "a clock that steps back during a pause neither ends nor prolongs it") {
  how.options.protocol = "sandbox";
  how.options.sandbox.throttle_rate = 1;
  call(begin().epoch);
  settle();
  newest_pause();
  clock.step(-24h);
  advance(900ms);
  CHECK(credits() == 0);
  advance(200ms);
  CHECK(newest_credit().slots == 8);
}

TEST_CASE_METHOD(provider_health_test, "a person's order opens the breaker, closes it, and gives it back to itself") {
  auto given = begin();
  send(subject, order_atom_v, breaker_order::open);
  auto voided = newest_credit();
  CHECK(voided.epoch > given.epoch);
  CHECK(voided.slots == 0);
  CHECK(look().forced == breaker_order::open);
  advance(1h); // an order does not run out
  CHECK(credits() == 0);
  CHECK(timers() == 0);

  send(subject, order_atom_v, breaker_order::closed);
  CHECK(newest_credit().slots == 8);
  CHECK(look().forced == breaker_order::closed);
  send(subject, order_atom_v, breaker_order::automatic);
  CHECK(newest_credit().slots == 8);
  CHECK(look().forced == breaker_order::automatic);
}

TEST_CASE_METHOD(provider_health_test, "forced closed, failures open nothing") {
  begin();
  send(subject, order_atom_v, breaker_order::closed);
  auto given = newest_credit();
  for (int i = 1; i <= 5; ++i)
    complete(given.epoch, 451, i);
  CHECK(look().breaker == breaker_state::closed);
  CHECK(newest_credit().epoch == given.epoch);
}

TEST_CASE_METHOD(provider_health_test, "a standing order is in force from the start") {
  standing_orders["first"] = breaker_order::open;
  subject = start(provider, how);
  CHECK(newest_credit().slots == 0);
  CHECK(look().forced == breaker_order::open);
  CHECK(watch.has("breaker first open"));
}

TEST_CASE_METHOD(provider_health_test,
                 "a view says until when the breaker is open, and that others may take the work") {
  open_breaker(begin());
  auto seen = look();
  CHECK(seen.reopens_at == clock.now() + 30s);
  CHECK(seen.passed_over);
  settle_failures();
  advance(30s);
  seen = look();
  CHECK_FALSE(seen.reopens_at);
  CHECK_FALSE(seen.passed_over); // its probes are out
}

TEST_CASE_METHOD(provider_health_test, "a view of a breaker that a person opened knows no end") {
  begin();
  send(subject, order_atom_v, breaker_order::open);
  auto seen = look();
  CHECK(seen.forced == breaker_order::open);
  CHECK_FALSE(seen.reopens_at);
  CHECK(seen.passed_over);
}

TEST_CASE_METHOD(provider_health_test, "every attempt is logged with the ids of request, notification and delivery") {
  n->correlation_id = "r_1";
  auto given = begin();
  call(given.epoch, 1);
  auto* started = watch.find_log("attempt.started");
  REQUIRE(started);
  CHECK(started->level == log_level::debug);
  CHECK(started->fields.at("request_id") == "r_1");
  answer(250);
  CHECK(watch.find_log("attempt.ended")->level == log_level::debug);
  call(given.epoch, 2);
  answer(451);
  auto* ended = watch.find_log("attempt.ended");
  CHECK(ended->level == log_level::info);
  CHECK(ended->fields.at("request_id") == "r_1");
  CHECK(ended->fields.at("outcome") == "retry");
  CHECK(ended->fields.at("provider") == "first");
}
