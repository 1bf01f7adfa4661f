#include <catch2/generators/catch_generators.hpp>

#include "tests/actors/throttle_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(throttle_test, "work waits until the limits are rebuilt from recent attempts") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = start(throttle, throttle_config{});
  CHECK(store.histories.asked() == start_of_tests - 1min);
  auto early = described(caller);
  send(subject, decide_atom_v, early);
  CHECK(dispatcher_peer.empty());

  auto before = started_delivery(*sample_notification());
  before.attempts.front().started_at = start_of_tests - 20s;
  store.histories.answer(limit_history{{before}});
  run();
  CHECK(dispatcher_peer.empty());
  REQUIRE(preference_peer.take<intake_ptr>(decide_atom_v) == early); // what it rested on may have changed
  send(subject, decide_atom_v, early);
  auto what = placed();
  CHECK(what->deliveries[0].d.status == delivery_status::scheduled);
  CHECK(what->deliveries[0].d.due == start_of_tests + 40s);
}

TEST_CASE_METHOD(throttle_test, "a change is passed on behind what was decided before it") {
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  auto what = std::make_shared<const change>(change{{}, "u_1", {}});
  send(subject, changed_atom_v, what);
  placed();
  CHECK(dispatcher_peer.take<change_ptr>(changed_atom_v) == what);
}

TEST_CASE_METHOD(throttle_test, "a place that was reserved before a restart stays taken") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = start(throttle, throttle_config{});
  auto used = started_delivery(*sample_notification());
  used.attempts.front().started_at = start_of_tests - 20s;
  auto reserved = used;
  reserved.attempts.clear();
  reserved.status = delivery_status::scheduled;
  reserved.place = reserved.due = start_of_tests + 40s;
  store.histories.answer(limit_history{{reserved, used}});
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.due == start_of_tests + 100s);
}

TEST_CASE_METHOD(throttle_test, "what was put back by hand has used the limits twice") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto again = started_delivery(*sample_notification());
  again.attempts.front().started_at = start_of_tests;
  again.attempts.push_back(again.attempts.front());
  again.attempts.back().started_at = start_of_tests + 5s;
  again.attempts_before = 1;
  store.histories.always(limit_history{{again}});
  advance(10s);
  auto subject = start(throttle, throttle_config{});
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.due == start_of_tests + 2min);
}

TEST_CASE_METHOD(throttle_test, "history that cannot be read leaves the limits full instead of stopping the lane") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = start(throttle, throttle_config{});
  store.histories.fail();
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.status == delivery_status::queued);
}

TEST_CASE_METHOD(throttle_test, "history is read as far back as the longest limit, at most a day") {
  config.limits.per_user = {.rate = 1, .per = 6h};
  start(throttle, throttle_config{});
  CHECK(store.histories.asked() == start_of_tests - 6h);
  store.histories.forget();
  config.limits.global = {.rate = 1, .per = std::chrono::hours{24 * 30}};
  start(throttle, throttle_config{});
  CHECK(store.histories.asked() == start_of_tests - 24h);
}

TEST_CASE_METHOD(throttle_test, "within its limits a request passes and keeps its debits for a refund") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  auto what = placed();
  CHECK(what->deliveries[0].d.status == delivery_status::queued);
  CHECK(what->deliveries[0].d.place == start_of_tests);
  REQUIRE(what->booked.own.size() == 1);
  CHECK(what->booked.own[0].limit == "per_user");
}

TEST_CASE_METHOD(throttle_test, "over a limit that delays, deliveries are spaced out with the limit's name") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = ready();
  for (int i = 0; i < 3; ++i)
    send(subject, decide_atom_v, described(caller));
  placed();
  for (auto due : {1min, 2min}) {
    auto d = placed()->deliveries[0].d;
    CHECK(d.status == delivery_status::scheduled);
    CHECK(d.due == start_of_tests + due);
    CHECK(d.decision.rule == "limit.per_user");
    CHECK_FALSE(d.decision.reason.empty());
    CHECK(d.place == d.due);
    CHECK(d.history.back().status == delivery_status::scheduled);
    CHECK(d.history.back().rule == "limit.per_user");
  }
  CHECK(watch.count("throttled per_user") == 2);
}

TEST_CASE_METHOD(throttle_test, "over a limit that drops, a delivery is suppressed and costs nothing") {
  config.limits.per_user = one_a_minute(over_limit::drop);
  auto subject = ready();
  for (int i = 0; i < 3; ++i)
    send(subject, decide_atom_v, described(caller));
  placed();
  for (int i = 0; i < 2; ++i) {
    auto what = placed();
    CHECK(what->deliveries[0].d.status == delivery_status::suppressed);
    CHECK(what->deliveries[0].d.decision.rule == "limit.per_user");
    CHECK(what->booked.own.empty());
  }
  advance(1min);
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.status == delivery_status::queued);
}

TEST_CASE_METHOD(throttle_test, "a standby takes the place of what a limit dropped, and pays too") {
  config.limits.per_user_channel = one_a_minute(over_limit::drop);
  auto subject = ready();
  for (int i = 0; i < 2; ++i) {
    auto what = described(caller);
    auto next = what->deliveries.front().d;
    next.channel = channel::in_app;
    next.status = delivery_status::scheduled;
    next.standby = true;
    what->deliveries.emplace_back().d = next;
    send(subject, decide_atom_v, what);
  }
  CHECK(placed()->deliveries[1].d.standby);
  auto second = placed();
  CHECK(second->deliveries[0].d.status == delivery_status::suppressed);
  CHECK(second->deliveries[1].d.status == delivery_status::queued);
  CHECK(second->deliveries[1].d.place);
}

TEST_CASE_METHOD(throttle_test, "over a limit that rejects, the whole request is refused and paid back") {
  config.types["note"].limit = one_a_minute(over_limit::reject);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  placed();

  door other;
  auto two = described(other);
  two->deliveries.insert(two->deliveries.begin(), delivery_work{});
  two->deliveries[0].n = two->n;
  two->deliveries[0].d = sample_delivery(*two->n);
  two->deliveries[0].d.type = "unlimited";
  config.limits.per_channel = {.rate = 2, .per = 1min, .burst = 2};
  send(subject, decide_atom_v, two);
  CHECK(dispatcher_peer.empty());
  CHECK(other.refusal().code == errc::rate_limited);
  CHECK(other.refusal().retry_after == 1min);
  CHECK(other.refusal().quota == 1);

  // The first delivery's debit of the channel's limit came back: two still fit.
  for (auto type : {"a", "b"}) {
    auto what = described(caller);
    what->deliveries[0].d.type = type;
    send(subject, decide_atom_v, what);
    CHECK(placed()->deliveries[0].d.status == delivery_status::queued);
  }
}

TEST_CASE_METHOD(throttle_test, "deliveries that will not be sent now pay nothing") {
  config.limits.per_user = one_a_minute(over_limit::drop);
  auto subject = ready();
  auto what = described(caller);
  what->deliveries[0].d.status = delivery_status::suppressed;
  send(subject, decide_atom_v, what);
  CHECK(placed()->booked.own.empty());
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.status == delivery_status::queued);
}

TEST_CASE_METHOD(throttle_test, "the other lane's debits count without a decision") {
  config.limits.per_user = one_a_minute(over_limit::drop);
  auto subject = ready();
  debit theirs{"per_user", "per_user\ndefault/live\nu_1", *config.limits.per_user};
  send(subject, debit_atom_v, std::make_shared<const std::vector<debit>>(1, theirs));
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.status == delivery_status::suppressed);
}

TEST_CASE_METHOD(critical_throttle_test,
                 "critical work is exempt from people's limits; its debits wait for the accept") {
  config.limits.per_user = one_a_minute(over_limit::drop);
  auto subject = ready();
  for (int i = 0; i < 2; ++i) {
    send(subject, decide_atom_v, described(caller, priority::critical));
    auto what = placed();
    CHECK(what->deliveries[0].d.status == delivery_status::queued);
    CHECK(what->booked.own.empty());
    REQUIRE(what->booked.others.size() == 1);
    CHECK(what->booked.others[0].key == "per_user\ndefault/live\nu_1");
  }
  CHECK(posted.empty());
}

TEST_CASE_METHOD(critical_throttle_test, "stored critical work leaves its debits to bulk once it starts") {
  config.limits.per_user = one_a_minute(over_limit::drop);
  auto subject = ready();
  send(subject, decide_atom_v, stored_work({}, priority::critical));
  CHECK(posted.empty());
  dispatcher_peer.take<work_ptr>(place_atom_v)->booked.keep();
  REQUIRE(posted.size() == 1);
  CHECK(posted[0]->front().key == "per_user\ndefault/live\nu_1");
}

TEST_CASE_METHOD(critical_throttle_test, "what a limit of the lane drops is not debited in bulk either") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  config.limits.global = one_a_minute(over_limit::drop);
  auto subject = ready();
  for (int i = 0; i < 2; ++i)
    send(subject, decide_atom_v, described(caller, priority::critical));
  CHECK(placed()->booked.others.size() == 2);
  auto dropped = placed();
  CHECK(dropped->deliveries[0].d.status == delivery_status::suppressed);
  CHECK(dropped->booked.others.empty());
}

TEST_CASE_METHOD(critical_throttle_test,
                 "critical's place in the limits of all is left to bulk too, in the same buckets") {
  config.limits.global = config.limits.per_channel = one_a_minute(over_limit::drop);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller, priority::critical));
  auto what = placed();
  REQUIRE(what->booked.own.size() == 2);
  REQUIRE(what->booked.others.size() == 2);
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(what->booked.others[i].key == what->booked.own[i].key);
}

TEST_CASE_METHOD(throttle_test, "bulk gets what critical leaves of the limits of all") {
  config.limits.global = {.rate = 3, .per = 1min, .burst = 3, .over = over_limit::drop};
  auto subject = ready();
  debit theirs{"global", "global\n", *config.limits.global};
  send(subject, debit_atom_v, std::make_shared<const std::vector<debit>>(2, theirs));
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.status == delivery_status::queued);
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.decision.rule == "limit.global");
}

TEST_CASE_METHOD(throttle_test, "stored work pays when it is due and goes on to the dispatcher") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = ready();
  auto w = stored_work();
  send(subject, decide_atom_v, w);
  CHECK(dispatcher_peer.take<work_ptr>(place_atom_v) == w);
  CHECK(w->d.place == start_of_tests);
  CHECK(w->d.history.size() == 1);
}

TEST_CASE_METHOD(throttle_test, "stored work over a limit is written back, and its slot returns once that is durable") {
  auto over = GENERATE(over_limit::delay, over_limit::drop, over_limit::reject);
  config.limits.per_user = one_a_minute(over);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  placed();
  auto returned = std::make_shared<int>(0);
  send(subject, decide_atom_v, stored_work(returned));
  CHECK(dispatcher_peer.empty());
  auto order = recorded();
  auto& d = order->update.d;
  bool delayed = over == over_limit::delay;
  CHECK(d.status == (delayed ? delivery_status::scheduled : delivery_status::suppressed));
  CHECK(d.due == (delayed ? std::optional{start_of_tests + 1min} : std::nullopt));
  CHECK(d.place.has_value() == delayed);
  CHECK(d.decision.rule == "limit.per_user");
  CHECK(d.history.back().status == d.status);
  CHECK(order->update.expected == delivery_status::queued);
  CHECK(order->update.expected_attempts == 0);
  CHECK(order->update.release_standby == !delayed);
  CHECK(*returned == 0);
  order.reset();
  CHECK(*returned == 1);
}

TEST_CASE_METHOD(throttle_test, "a full limit does not refuse the repeat of what was accepted") {
  config.limits.per_user = one_a_minute(over_limit::reject);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  placed();
  auto ask = [&](door& who, std::optional<receipt> known) {
    auto what = described(who);
    what->claim = idempotency_claim{"k", {}};
    send(subject, decide_atom_v, what);
    store.recalls.answer(std::move(known));
  };
  door repeats, comes_first;
  ask(repeats, receipt{{}, lane::bulk, true});
  REQUIRE(repeats.answers().size() == 1);
  CHECK(repeats.answers()[0]->replayed);
  ask(comes_first, std::nullopt);
  CHECK(comes_first.refusal().code == errc::rate_limited);
  CHECK(comes_first.refusal().retry_after == 1min);
  CHECK(dispatcher_peer.empty());
}

TEST_CASE_METHOD(throttle_test, "what would get its place after its end expires now, and leaves the place to others") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  placed();
  auto brief = described(caller);
  brief->deliveries[0].d.expires_at = start_of_tests + 1min;
  send(subject, decide_atom_v, brief);
  auto& d = placed()->deliveries[0].d;
  CHECK(d.status == delivery_status::expired);
  CHECK(d.decision.rule == "expired");
  CHECK(d.history.back().status == delivery_status::expired);
  CHECK_FALSE(d.due);
  auto stored = stored_work();
  stored->d.expires_at = start_of_tests + 30s;
  send(subject, decide_atom_v, stored);
  auto order = recorded();
  CHECK(order->update.d.status == delivery_status::expired);
  CHECK(order->update.release_standby);
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.due == start_of_tests + 1min);
}

TEST_CASE_METHOD(throttle_test, "the run-time limit per user applies from the next decision on") {
  auto subject = ready();
  settings->per_user_per_minute = 1;
  for (int i = 0; i < 2; ++i)
    send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.status == delivery_status::queued);
  CHECK(placed()->deliveries[0].d.decision.rule == "limit.throttle_per_user_per_minute");
}

TEST_CASE_METHOD(throttle_test, "a request that reaches a throttle without peers answers its caller") {
  store.histories.always(limit_history{});
  auto subject = spawn(throttle, throttle_config{});
  send(subject, decide_atom_v, described(caller));
  CHECK(caller.refusal().code == errc::overloaded);
}

TEST_CASE_METHOD(throttle_test, "what waited in a throttle that dies answers its callers and returns its slots") {
  auto subject = start(throttle, throttle_config{});
  auto returned = std::make_shared<int>(0);
  send(subject, decide_atom_v, described(caller));
  send(subject, decide_atom_v, stored_work(returned));
  kill(subject);
  CHECK(caller.refusal().code == errc::overloaded);
  CHECK(*returned == 1);
}
