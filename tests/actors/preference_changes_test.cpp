// What changes while people are known, or are being read.
#include <algorithm>
#include <cctype>

#include "tests/actors/preference_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

TEST_CASE_METHOD(preference_test, "a change makes the next request look again") {
  control.people.always(found(stored_user()));
  send(subject, decide_atom_v, request());
  SECTION("of that person") {
    send(subject, changed_atom_v, std::make_shared<const change>(change_of("u_1")));
    send(subject, decide_atom_v, request());
    CHECK(control.people.made() == 2);
  }
  SECTION("of an address, which may be anybody's") {
    change of_address{{}, "", std::pair{channel::email, std::string{"x@example.org"}}};
    send(subject, changed_atom_v, std::make_shared<const change>(of_address));
    send(subject, decide_atom_v, request());
    CHECK(control.people.made() == 2);
  }
  SECTION("but not one of somebody else") {
    send(subject, changed_atom_v, std::make_shared<const change>(change_of("u_2")));
    send(subject, decide_atom_v, request());
    CHECK(control.people.made() == 1);
  }
}

TEST_CASE_METHOD(preference_test, "a change is passed on behind what was decided before it") {
  send(subject, decide_atom_v, request());
  control.people.answer(found(stored_user()));
  run();
  auto what = std::make_shared<const change>(change_of("u_1"));
  send(subject, changed_atom_v, what);
  decided();
  CHECK(throttle_peer.take<change_ptr>(changed_atom_v) == what);
}

TEST_CASE_METHOD(preference_test, "what is read again because of a change goes before what came after it") {
  auto first = request();
  send(subject, decide_atom_v, first); // asks
  auto own = request();
  auto n = sample_notification();
  n->to.email = "other@example.org";
  own->n = n;
  send(subject, changed_atom_v, std::make_shared<const change>(change_of("u_1")));
  send(subject, decide_atom_v, own); // asks for itself, after the change
  auto later = request();
  send(subject, decide_atom_v, later); // waits for that
  control.people.answer(found(stored_user()));
  run();
  CHECK(throttle_peer.count<intake_ptr>(decide_atom_v) == 0); // it may be older than the change
  control.people.answer(found(stored_user()));
  run();
  CHECK(throttle_peer.count<intake_ptr>(decide_atom_v) == 0); // what came after it waits for it
  control.people.answer(found(stored_user()));
  run();
  CHECK(decided() == first);
  CHECK(decided() == own);
  CHECK(decided() == later);
}

TEST_CASE_METHOD(preference_test, "addresses of others that change during a read do not make it start over") {
  send(subject, decide_atom_v, request());
  for (int i = 0; i < 50; ++i) {
    change elsewhere{{}, "", std::pair{channel::email, "nobody" + std::to_string(i) + "@example.org"}};
    send(subject, changed_atom_v, std::make_shared<const change>(elsewhere));
  }
  control.people.answer(found(stored_user()));
  run();
  CHECK(throttle_peer.count<intake_ptr>(decide_atom_v) == 1);
  CHECK(control.people.made() == 1);
}

TEST_CASE_METHOD(preference_test, "however much changes during a read, one read of it is under way") {
  send(subject, decide_atom_v, request());
  auto own = stored_user()->contacts.email;
  std::transform(own.begin(), own.end(), own.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  change of_theirs{{}, "", std::pair{channel::email, own}};
  for (int i = 0; i < 200; ++i)
    send(subject, changed_atom_v, std::make_shared<const change>(of_theirs));
  CHECK(control.people.waiting() == 1);
  control.people.answer(found(stored_user()));
  run();
  CHECK(throttle_peer.count<intake_ptr>(decide_atom_v) == 0);
  CHECK(control.people.waiting() == 1);
  control.people.answer(found(stored_user()));
  run();
  CHECK(throttle_peer.count<intake_ptr>(decide_atom_v) == 1);
}

TEST_CASE_METHOD(preference_test, "what was read while it changed is read again, not used and not kept") {
  auto opted_out = stored_user();
  opted_out->rules = {{preference_rule::level::any, "", std::nullopt, false}};
  send(subject, decide_atom_v, request());
  send(subject, changed_atom_v, std::make_shared<const change>(change_of("u_1")));
  control.people.answer(found(stored_user())); // as it was before the change
  run();
  CHECK(throttle_peer.count<intake_ptr>(decide_atom_v) == 0);
  control.people.answer(found(opted_out));
  run();
  CHECK(decided()->deliveries[0].d.status == delivery_status::suppressed);
  send(subject, decide_atom_v, request());
  CHECK(decided()->deliveries[0].d.status == delivery_status::suppressed);
  CHECK(control.people.made() == 2);
}
