// Order among requests of one person, and channels that cannot be used.
#include <catch2/generators/catch_generators.hpp>

#include "tests/actors/preference_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

TEST_CASE_METHOD(preference_test, "nobody overtakes a request of the same person that waits for a look-up") {
  auto first = request();
  decide(first, found(stored_user()));
  CHECK(decided() == first); // cached now
  auto with_address = request();
  with_address->n->to.email = "other@example.org";
  send(subject, decide_atom_v, with_address);
  auto cached = request();
  send(subject, decide_atom_v, cached);
  CHECK(throttle_peer.empty());
  control.people.answer(found(stored_user()));
  run();
  CHECK(decided() == with_address);
  CHECK(decided() == cached);
}

TEST_CASE_METHOD(preference_test, "a channel without a provider fails at once and does not keep the next one waiting") {
  config.types["note"].routing = routing::first;
  auto what = request();
  what->command.channels = {channel::sms, channel::email};
  auto who = stored_user();
  who->contacts.phone = "+491700000000";
  decide(what, found(who));
  auto deliveries = std::move(decided()->deliveries);
  REQUIRE(deliveries.size() == 2);
  CHECK(deliveries[0].d.decision.rule == "no_provider");
  CHECK(deliveries[1].d.status == delivery_status::queued);
}

TEST_CASE_METHOD(preference_test, "the ledger is asked about a stored address that has left the person's contacts") {
  auto moved = stored_user();
  moved->contacts.email = "new@example.org";
  auto known = GENERATE(false, true);
  if (known) {
    decide(request(), found(moved));
    decided();
  }
  send(subject, decide_atom_v, stored_work()); // to someone@example.org
  CHECK(throttle_peer.empty());
  std::pair<channel, std::string> left{channel::email, "someone@example.org"};
  CHECK(control.people.asked().extra == std::vector{left});
  control.people.answer(person{moved, {left}, false});
  run();
  CHECK(recorded()->update.d.decision.rule == "suppression");
}

TEST_CASE_METHOD(preference_test, "stored work that joined the look-up of a request asks for its own address too") {
  auto moved = stored_user();
  moved->contacts.email = "new@example.org";
  send(subject, decide_atom_v, request());
  send(subject, decide_atom_v, stored_work());
  control.people.answer(found(moved));
  run();
  CHECK(throttle_peer.count<work_ptr>(decide_atom_v) == 0);
  std::pair<channel, std::string> left{channel::email, "someone@example.org"};
  CHECK(control.people.asked().extra == std::vector{left});
  control.people.answer(person{moved, {left}, false});
  run();
  CHECK(recorded()->update.d.decision.rule == "suppression");
}
