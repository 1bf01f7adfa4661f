// Calls and their slots. The breaker, pauses and recovery are in
// provider_health_test.cpp and provider_recovery_test.cpp.
#include "tests/actors/provider_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

using provider_test = provider_fixture;

TEST_CASE_METHOD(provider_test, "credit is given out for every slot, once") {
  CHECK(begin().slots == 3);
  CHECK(credits() == 0);
  CHECK(look().slots == 3);
  CHECK(look().in_flight == 0);
}

TEST_CASE_METHOD(provider_test, "work is called out on the wire, within the provider's timeout") {
  how.options.timeout = 7s;
  auto given = begin();
  call(given.epoch);
  CHECK(vendors.calls.asked().what == wire_request::kind::smtp);
  CHECK(vendors.calls.asked().rcpt_to == "someone@example.org");
  CHECK(vendors.calls.asked().timeout == 7s);
  CHECK(look().in_flight == 1);
  CHECK(watch.has("sent email"));
}

TEST_CASE_METHOD(provider_test, "an outcome is reported whole, and the slot kept until it is durable") {
  auto given = begin();
  call(given.epoch);
  advance(40ms);
  answer(250);
  auto r = reported();
  auto& a = r->d.attempts.back();
  CHECK(r->attempted);
  CHECK(a.outcome == outcome::accepted);
  CHECK(a.finished_at == start_of_tests + 40ms);
  CHECK(a.code == "250");
  CHECK_FALSE(r->confirms);
  CHECK_FALSE(r->key_carried);
  CHECK(watch.has("attempted first accepted"));
  CHECK(look().in_flight == 1);
  CHECK(credits() == 0);

  settle();
  CHECK(look().in_flight == 0);
  CHECK(*slots_returned == 0); // it comes back as credit, and only so
  auto next = newest_credit();
  CHECK(next.epoch == given.epoch);
  CHECK(next.slots == 1);
}

TEST_CASE_METHOD(provider_test, "failures on the wire mean what the taxonomy says") {
  auto given = begin();
  using failure = wire_answer::failure;
  auto meaning = [&](failure why) {
    call(given.epoch);
    answer(broken(why));
    auto what = outcome_of(reported());
    settle();
    return what;
  };
  CHECK(meaning(failure::not_sent) == outcome::retry);
  CHECK(meaning(failure::no_answer) == outcome::ambiguous);
  CHECK(meaning(failure::refused_address) == outcome::bad_message);
}

TEST_CASE_METHOD(provider_test, "an answer that comes twice counts once") {
  auto given = begin();
  call(given.epoch);
  answer(250);
  send(subject, answer_atom_v, n->key + 1, broken(wire_answer::failure::no_answer));
  CHECK(outcome_of(reported()) == outcome::accepted);
  CHECK(status_sink_peer.empty());
}

TEST_CASE_METHOD(provider_test, "an answer to a call that is not known changes nothing") {
  begin();
  send(subject, answer_atom_v, row_key{99}, wire_answer{});
  CHECK(status_sink_peer.empty());
  CHECK(look().in_flight == 0);
}

TEST_CASE_METHOD(provider_test, "settling twice frees one slot, and never that of a call on the wire") {
  auto given = begin();
  complete(given.epoch, 250);
  newest_credit();
  settle();
  CHECK(credits() == 0);
  call(given.epoch);
  settle(); // of the call before, which was reported twice
  CHECK(look().in_flight == 1);
  CHECK(credits() == 0);
}

TEST_CASE_METHOD(provider_test, "a message that cannot be built fails without a call") {
  how.options.protocol = "webhook";
  auto given = begin();
  auto w = work(given.epoch);
  w->d.channel = channel::webhook;
  w->d.address = "no url";
  send(subject, send_atom_v, w);
  CHECK(vendors.calls.made() == 0);
  CHECK(outcome_of(reported()) == outcome::bad_address);
  settle();
  CHECK(newest_credit().slots == 1);
}

TEST_CASE_METHOD(provider_test, "work with a slot of an older epoch is handed back, not attempted") {
  auto given = begin();
  call(given.epoch - 1);
  CHECK(vendors.calls.made() == 0);
  auto r = reported();
  CHECK_FALSE(r->attempted);
  CHECK(*slots_returned == 1);
  CHECK(r->not_before == std::nullopt);
  CHECK(look().in_flight == 1); // kept until the store has it back
  settle();
  CHECK(look().in_flight == 0);
  CHECK(credits() == 0); // its slot was none of these
}

TEST_CASE_METHOD(provider_test, "in-app messages go into the feed") {
  how.options.protocol = "in_app";
  auto given = begin();
  call(given.epoch);
  auto item = inbox.items.answer(ok);
  run();
  CHECK(item.user_id == "u_1");
  CHECK(item.title == "Hello");
  CHECK(item.state == "unseen");
  CHECK(item.created_at == start_of_tests);
  auto r = reported();
  CHECK(outcome_of(r) == outcome::accepted);
  CHECK(r->confirms);
}

TEST_CASE_METHOD(provider_test, "a feed that cannot be written is tried again") {
  how.options.protocol = "in_app";
  auto given = begin();
  call(given.epoch);
  inbox.items.fail();
  run();
  CHECK(outcome_of(reported()) == outcome::retry);
}

TEST_CASE_METHOD(provider_test, "the sandbox captures what it takes") {
  how.options.protocol = "sandbox";
  auto given = begin();
  call(given.epoch);
  REQUIRE(sandbox.messages.size() == 1);
  CHECK(sandbox.messages[0].to == "someone@example.org");
  CHECK(sandbox.messages[0].what.body == "World");
  CHECK(sandbox.messages[0].user_id == "u_1");
  auto r = reported();
  CHECK(outcome_of(r) == outcome::accepted);
  CHECK_FALSE(r->confirms);
}

TEST_CASE_METHOD(provider_test, "the sandbox confirms on those channels that confirm when live") {
  how.options.protocol = "sandbox";
  auto given = begin();
  for (auto on : {channel::webhook, channel::in_app}) {
    auto w = work(given.epoch);
    w->d.channel = on;
    send(subject, send_atom_v, w);
    CHECK(reported()->confirms);
    settle();
  }
}

TEST_CASE_METHOD(provider_test, "the sandbox takes its time, and hangs until the timeout") {
  how.options.protocol = "sandbox";
  how.options.timeout = 3s;
  SECTION("latency") {
    how.options.sandbox.latency = 200ms;
    call(begin().epoch);
    advance(199ms);
    CHECK(status_sink_peer.empty());
    advance(1ms);
    CHECK(outcome_of(reported()) == outcome::accepted);
  }
  SECTION("hanging") {
    how.options.sandbox.hang_rate = 1;
    call(begin().epoch);
    advance(2999ms);
    CHECK(status_sink_peer.empty());
    advance(1ms);
    CHECK(outcome_of(reported()) == outcome::ambiguous);
    CHECK(sandbox.messages.empty());
  }
}

TEST_CASE_METHOD(provider_test, "the vendor's rate paces credit, and credit that lies unused does not add up") {
  how.options.rate = 20; // a burst of 2, then one each 50 ms
  how.slots = 10;
  auto given = begin();
  CHECK(given.slots == 2);
  advance(1s);
  CHECK(credits() == 0);
  call(given.epoch, 1);
  CHECK(newest_credit().slots == 1);
  call(given.epoch, 2);
  CHECK(newest_credit().slots == 1);
  call(given.epoch, 3); // the burst is spent
  CHECK(credits() == 0);
  advance(50ms);
  CHECK(newest_credit().slots == 1);
}

TEST_CASE_METHOD(provider_test, "a rate that has room gives out no slot that a call holds") {
  how.options.rate = 1000;
  how.slots = 1;
  call(begin().epoch);
  advance(1s);
  CHECK(credits() == 0);
  answer(250);
  settle();
  CHECK(newest_credit().slots == 1);
}

TEST_CASE_METHOD(provider_test, "a draining provider calls nobody, and lets what is on the wire end") {
  auto given = begin();
  call(given.epoch);
  send(subject, drain_atom_v);
  call(given.epoch, 2);
  CHECK(vendors.calls.made() == 1);
  CHECK_FALSE(reported()->attempted);
  settle(2);
  answer(250);
  CHECK(outcome_of(reported()) == outcome::accepted);
  settle();
  CHECK(credits() == 0);
  CHECK(look().in_flight == 0);
}
