// The keeper with the real actors of a lane: what happens when the supervisor dies.
#include "actors/keeper.hpp"

#include <algorithm>

#include "tests/helpers/lane_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

struct keeper_test : lane_fixture {
  door caller;
  keeper_config how;
  keeper_actor subject;

  keeper_test() {
    store.is_empty();
    auto who = std::make_shared<user>();
    who->contacts.email = "someone@example.org";
    control.people.always(person{who, {}, false});
    store.accepts.always(receipt{});
    store.updates.always(update_result{true});
  }
  void begin() { subject = spawn(keeper, how); }
  void kill_actor(const std::string& name) { send(subject, order_atom_v, name); }
  bool delivers() {
    auto answers = caller.answers().size();
    auto outcomes = store.updates.made();
    send(published.back()->ingest, submit_atom_v, caller.request());
    return caller.answers().size() == answers + 1 && caller.answers().back() && store.updates.made() == outcomes + 1;
  }
};

} // namespace

TEST_CASE_METHOD(keeper_test,
                 "a supervisor that died is followed by another, which carries requests as the first did") {
  begin();
  REQUIRE(published.size() == 1);
  CHECK(delivers());
  auto before = published.back();
  kill_actor("supervisor");
  REQUIRE(published.size() == 2);
  CHECK(published.back() == nullptr); // the doors have nobody to talk to
  CHECK_FALSE(health.back().healthy);
  CHECK(watch.has("restarted supervisor"));
  CHECK(watch.has("log actor.died"));
  advance(10ms);
  REQUIRE(published.size() == 3);
  REQUIRE(published.back());
  CHECK(published.back()->ingest != before->ingest);
  CHECK(published.back()->status_sink != before->status_sink);
  CHECK(health.back().healthy);
  CHECK(health.back().restarts == 1);
  CHECK(delivers());
}

TEST_CASE_METHOD(keeper_test, "the children of a supervisor that died end with it, and answer whoever waits in them") {
  auto alone = system().registry().running();
  store.histories.forget();
  begin();
  auto all = system().registry().running();
  send(published.back()->ingest, submit_atom_v, caller.request()); // waits in the throttle for its history
  CHECK(caller.answers().empty());
  kill_actor("supervisor");
  CHECK(caller.refusal().code == errc::overloaded);
  CHECK(system().registry().running() == alone + 1);
  advance(10ms);
  CHECK(system().registry().running() == all);
}

TEST_CASE_METHOD(keeper_test, "a supervisor that keeps dying waits longer every time, and counts with its children") {
  how.supervised.restarts.unhealthy_after = 4;
  begin();
  for (auto wait : {10ms, 20ms, 40ms}) {
    kill_actor("supervisor");
    advance(wait - 1ms);
    CHECK(published.back() == nullptr);
    advance(1ms);
    REQUIRE(published.back());
  }
  CHECK(health.back().healthy);
  kill_actor("throttle");
  advance(100ms);
  CHECK_FALSE(health.back().healthy);
  CHECK(health.back().restarts == 4);
}

TEST_CASE_METHOD(keeper_test, "a lane whose supervisor dies too often gives up") {
  how.supervised.restarts.give_up_after = 2;
  begin();
  kill_actor("supervisor");
  advance(100ms);
  kill_actor("supervisor");
  REQUIRE(escalated.size() == 1);
  CHECK(escalated[0].find("supervisor") != std::string::npos);
  advance(1s);
  CHECK(published.back() == nullptr);
}

TEST_CASE_METHOD(keeper_test, "a lane that drains goes on draining under another supervisor") {
  begin();
  send(subject, drain_atom_v);
  kill_actor("supervisor");
  advance(10ms);
  REQUIRE(published.back());
  send(published.back()->ingest, submit_atom_v, caller.request());
  CHECK(caller.refusal().code == errc::shutting_down);
}

TEST_CASE_METHOD(keeper_test, "it kills a child by name, and only one that its supervisor has") {
  begin();
  kill_actor("throttle");
  kill_actor("nobody");
  CHECK(watch.has("restarted throttle"));
  CHECK(watch.count("log actor.died") == 1);
}

TEST_CASE_METHOD(keeper_test, "stopping takes everybody along") {
  auto alone = system().registry().running();
  begin();
  SECTION("while the supervisor lives") {}
  SECTION("while it is dead") {
    kill_actor("supervisor");
  }
  caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
  run();
  CHECK(system().registry().running() == alone);
}
