// The real actors of a lane, together: spawned, killed one by one, drained and
// stopped. The ports are still the test's.
#include "actors/supervisor.hpp"

#include <algorithm>
#include <catch2/generators/catch_generators.hpp>

#include "tests/helpers/lane_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

struct supervisor_test : lane_fixture {
  door caller;
  supervisor_config how;
  supervisor_actor subject;

  explicit supervisor_test(lane l = lane::bulk) : lane_fixture(l) {
    store.is_empty();
    auto who = std::make_shared<user>();
    who->contacts.email = "someone@example.org";
    control.people.always(person{who, {}, false});
    store.accepts.always(receipt{});
    store.updates.always(update_result{true});
  }
  void begin() { subject = spawn(supervisor, how); }
  const lane_peers& now() const { return *published.back(); }
  void kill_child(const std::string& name) { send(subject, order_atom_v, name); }
  void submit(priority p = priority::medium) {
    auto what = caller.request();
    what->command.priority = p;
    send(now().ingest, submit_atom_v, what);
  }
  /// From the door to the durable outcome.
  bool delivers() {
    auto answers = caller.answers().size();
    auto outcomes = store.updates.made();
    submit();
    return caller.answers().size() == answers + 1 && caller.answers().back() && store.updates.made() == outcomes + 1;
  }
  lane_view look() { return ask<lane_view>(subject, look_atom_v); }
};

struct critical_supervisor_test : supervisor_test {
  critical_supervisor_test() : supervisor_test(lane::critical) {}
};

} // namespace

TEST_CASE_METHOD(supervisor_test, "it spawns every actor of the lane and tells the doors whom to talk to") {
  config.lanes[lane::bulk].threads = 2;
  begin();
  REQUIRE(published.size() == 1);
  CHECK(now().ingest);
  CHECK(now().preferences.size() == 2);
  CHECK(now().throttle);
  CHECK(now().dispatcher);
  CHECK(now().retry_timer);
  CHECK(now().status_sink);
  std::vector<std::string> providers;
  for (auto& [name, handle] : now().providers) {
    CHECK(handle);
    providers.push_back(name);
  }
  CHECK(providers == std::vector<std::string>{"backup", "first", "in_app", "test_sandbox"});
  CHECK(look().healthy);
}

TEST_CASE_METHOD(supervisor_test, "what it spawned carries a request from the door to its durable outcome") {
  begin();
  CHECK(delivers());
  CHECK(sandbox.messages.size() == 1);
  CHECK(watch.has("attempted first accepted"));
  CHECK(watch.has("reached email sent"));
}

TEST_CASE_METHOD(supervisor_test, "providers share the window between them") {
  config.lanes[lane::bulk].window = 16;
  config.providers["first"].in_flight = 2;
  begin();
  auto slots_of = [&](const char* name) { return ask<provider_view>(*now().provider(name), look_atom_v).slots; };
  CHECK(slots_of("first") == 2);
  CHECK(slots_of("backup") == 4);
}

TEST_CASE_METHOD(supervisor_test, "a killed child is back after its backoff, and the lane goes on") {
  auto name = GENERATE(as<std::string>{}, "ingest", "preference.0", "throttle", "dispatcher", "provider.first",
                       "retry_timer", "status_sink");
  begin();
  CHECK(delivers());
  auto before = published.back();
  kill_child(name);
  CHECK(watch.has("restarted " + name));
  CHECK(watch.has("log actor.died"));
  CHECK(published.size() == 1);
  advance(10ms);
  REQUIRE(published.size() == 2);
  CHECK(delivers());
  CHECK(look().restarts == 1);
  CHECK(look().healthy);

  auto kept = [&](const char* whom, auto member) { return whom == name || before.get()->*member == now().*member; };
  CHECK(kept("ingest", &lane_peers::ingest));
  CHECK(kept("preference.0", &lane_peers::preferences));
  CHECK(kept("throttle", &lane_peers::throttle));
  CHECK(kept("dispatcher", &lane_peers::dispatcher));
  CHECK(kept("provider.first", &lane_peers::providers));
  CHECK(kept("retry_timer", &lane_peers::retry_timer));
  CHECK(kept("status_sink", &lane_peers::status_sink));
}

TEST_CASE_METHOD(supervisor_test, "a child that keeps dying waits longer every time") {
  begin();
  std::vector<std::chrono::milliseconds> waits{10ms, 20ms, 40ms};
  for (auto wait : waits) {
    auto before = published.size();
    kill_child("throttle");
    advance(wait - 1ms);
    CHECK(published.size() == before);
    advance(1ms);
    CHECK(published.size() == before + 1);
  }
}

TEST_CASE_METHOD(critical_supervisor_test,
                 "an outcome that was not durable when the status sink died is kept after all") {
  store.updates.forget();
  begin();
  submit(priority::critical); // urgent: its report would overtake the news of peers
  REQUIRE(store.updates.waiting() == 1);
  kill_child("status_sink");
  advance(10ms);
  CHECK(store.updates.waiting() == 2);
  store.updates.answer(update_result{true});
  store.updates.answer(update_result{true});
  run();
  auto first = ask<provider_view>(*now().provider("first"), look_atom_v);
  CHECK(first.in_flight == 0);
}

TEST_CASE_METHOD(supervisor_test, "requests that meet a dead child are answered at once") {
  begin();
  kill_child("preference.0");
  submit();
  CHECK(caller.refusal().code == errc::overloaded);
}

TEST_CASE_METHOD(supervisor_test, "too many restarts mark the lane unhealthy until it has been calm") {
  how.restarts.unhealthy_after = 3;
  begin();
  for (int i = 0; i < 3; ++i) {
    kill_child("throttle");
    advance(100ms);
  }
  REQUIRE_FALSE(health.empty());
  CHECK_FALSE(look().healthy);
  CHECK(std::any_of(health.begin(), health.end(),
                    [](auto& v) { return !v.healthy && v.reason.find("throttle") != std::string::npos; }));
  CHECK(delivers()); // it is still served
  advance(11s);
  CHECK(health.back().healthy);
  CHECK(look().healthy);
  CHECK(escalated.empty());
}

TEST_CASE_METHOD(supervisor_test, "a hopeless lane gives up instead of restarting") {
  how.restarts.unhealthy_after = 1;
  how.restarts.give_up_after = 2;
  begin();
  kill_child("throttle");
  advance(100ms);
  auto before = published.size();
  kill_child("throttle");
  REQUIRE(escalated.size() == 1);
  CHECK(escalated[0].find("throttle") != std::string::npos);
  advance(1s);
  CHECK(published.size() == before);
}

TEST_CASE_METHOD(supervisor_test, "every second each child tells the metrics how it stands") {
  begin();
  advance(1s);
  for (auto name : {"ingest", "preference.0", "throttle", "dispatcher", "retry_timer", "status_sink"})
    CHECK(watch.has("mailbox " + std::string{name}));
}

TEST_CASE_METHOD(supervisor_test, "draining takes nothing in, starts nothing, and keeps what was on the wire") {
  store.updates.forget();
  begin();
  submit();
  send(subject, drain_atom_v);
  submit();
  REQUIRE(caller.answers().size() == 2);
  CHECK(caller.answers()[1].error().code == errc::shutting_down);
  REQUIRE(store.updates.waiting() == 1);

  SECTION("even if a child dies meanwhile") {
    kill_child("status_sink");
    kill_child("ingest");
    advance(10ms);
    CHECK(store.updates.waiting() == 2);
    submit();
    CHECK(caller.answers().back().error().code == errc::shutting_down);
  }
  while (store.updates.waiting() > 0)
    store.updates.answer(update_result{true});
  run();
  CHECK(ask<provider_view>(*now().provider("first"), look_atom_v).in_flight == 0);
  CHECK(sandbox.messages.size() == 1);
}

TEST_CASE_METHOD(supervisor_test, "a start that becomes durable while draining is taken back, not called") {
  store.accepts.forget();
  begin();
  submit();
  send(subject, drain_atom_v);
  store.accepts.answer(receipt{});
  store.updates.forget();
  run();
  CHECK(sandbox.messages.empty());
  CHECK(store.updates.asked().d.status == delivery_status::queued);
  CHECK(store.updates.asked().d.attempts.empty());
}

TEST_CASE_METHOD(supervisor_test, "stopping takes the children with it and answers whoever waits") {
  auto alone = system().registry().running();
  store.histories.forget();
  begin();
  submit(); // waits in the throttle for its history
  CHECK(caller.answers().empty());
  caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
  run();
  CHECK(system().registry().running() == alone);
  CHECK(caller.refusal().code == errc::overloaded);
  CHECK(published.size() == 1);
}
