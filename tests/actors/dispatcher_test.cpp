// New requests: the straight way, parking, fallback, failures, dry runs.
// Work pulled from the store is in dispatcher_pull_test.cpp.
#include "actors/dispatcher.hpp"

#include <catch2/generators/catch_generators.hpp>

#include "tests/helpers/lane_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

/// Requests do not wait for a slot: that is in dispatcher_wait_test.cpp.
constexpr dispatcher_config impatient{.patience = 0ms};
const queue_key first_queue{"first", {}};

struct dispatcher_test : lane_fixture {
  door caller;

  explicit dispatcher_test(lane l = lane::bulk) : lane_fixture(l) { store.is_empty(); }
  dispatcher_actor ready() { return start(dispatcher, impatient); }

  void grant(const dispatcher_actor& to, std::string provider, std::size_t n, std::uint64_t epoch = 1) {
    send(to, credit_atom_v, std::move(provider), epoch, n);
  }
  receipt kept() const { return {uuid{}, lane::bulk, false}; }
  /// Keeps the oldest request; says how its first delivery went into the store.
  delivery accept() {
    auto what = store.accepts.answer(kept());
    run();
    return what.deliveries.at(0);
  }
  work_ptr sent(probe& by) { return by.take<work_ptr>(send_atom_v); }
};

struct critical_dispatcher_test : dispatcher_test {
  critical_dispatcher_test() : dispatcher_test(lane::critical) {}
};

} // namespace

TEST_CASE_METHOD(dispatcher_test, "with a free slot a request goes straight: one write, then the call") {
  auto subject = ready();
  grant(subject, "first", 1, 7);
  send(subject, place_atom_v, described(caller));
  CHECK(caller.answers().empty());
  CHECK(first_peer.empty());
  auto d = accept();
  CHECK(d.status == delivery_status::sending);
  CHECK(d.queue == "first");
  REQUIRE(d.attempts.size() == 1);
  CHECK(d.attempts[0].number == 1);
  CHECK(d.attempts[0].provider == "first");
  CHECK(d.attempts[0].started_at == start_of_tests);
  REQUIRE(caller.answers().size() == 1);
  CHECK(caller.answers()[0]);
  auto w = sent(first_peer);
  CHECK(w->slot.epoch() == 7);
  CHECK(w->d.key == d.key);
  CHECK(store.pulls.made() == 0);
  CHECK(watch.has("accepted http"));
}

TEST_CASE_METHOD(dispatcher_test, "without a free slot a request waits in the store, and the next one behind it") {
  auto subject = ready();
  grant(subject, "first", 1);
  send(subject, place_atom_v, described(caller));
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::sending);
  CHECK(accept().status == delivery_status::queued);
  CHECK(caller.answers().size() == 2);
  CHECK(first_peer.count<work_ptr>(send_atom_v) == 1);

  // A slot is there again, but older work stands in the store: that is read first.
  grant(subject, "first", 1);
  CHECK(store.pulls.asked().queue == "first");
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_test, "the straight way is closed while a parked row is on its way into the store") {
  auto subject = ready();
  send(subject, place_atom_v, described(caller));
  grant(subject, "first", 5);
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::queued);
  CHECK(accept().status == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_test, "nothing goes straight until the queues of before are known") {
  store.queue_lists.forget();
  auto subject = ready();
  grant(subject, "first", 5);
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_test, "the queues of before are asked for once all that was on its way is in the store") {
  store.barriers.forget();
  store.queue_lists.always(std::vector<queue_state>{{"first", {}, true, {}}});
  auto subject = ready();
  grant(subject, "first", 5);
  CHECK(store.queue_lists.made() == 0);
  store.barriers.answer(ok);
  run();
  CHECK(store.pulls.asked().queue == "first");
}

TEST_CASE_METHOD(dispatcher_test, "queues that cannot be named are asked for again") {
  auto fails = GENERATE(as<std::string>{}, "barrier", "queues");
  store.barriers.forget();
  store.queue_lists.forget();
  store.queue_lists.always([fails, asked = 0](auto&) mutable {
    if (fails == "queues" && asked++ == 0)
      return result<std::vector<queue_state>>{fault{errc::store_unavailable, "the test says no"}};
    return result<std::vector<queue_state>>{{{"first", {}, true, {}}}};
  });
  auto subject = ready();
  grant(subject, "first", 5);
  if (fails == "barrier")
    store.barriers.fail();
  else
    store.barriers.answer(ok);
  run();
  CHECK(store.pulls.made() == 0);
  advance(200ms);
  store.barriers.answer(ok);
  run();
  CHECK(store.pulls.waiting() == 1);
}

TEST_CASE_METHOD(dispatcher_test, "at start, queues with ready or overdue rows are read, others are not") {
  store.queue_lists.always(std::vector<queue_state>{
    {"first", {}, true, {}}, {"backup", {}, false, start_of_tests - 1s}, {"in_app", {}, false, start_of_tests + 1h}});
  auto subject = ready();
  for (auto name : {"first", "backup", "in_app"})
    grant(subject, name, 1);
  CHECK(store.pulls.answer(pull_result{}).queue == "first");
  CHECK(store.pulls.answer(pull_result{}).queue == "backup");
  CHECK(store.pulls.waiting() == 0);
}

TEST_CASE_METHOD(dispatcher_test,
                 "open calls of a provider that left the configuration end as ambiguous, once they can be read") {
  auto n = sample_notification();
  store.queue_lists.always(std::vector<queue_state>{{"gone", {}, false, {}}});
  store.in_flights.forget();
  auto subject = ready();
  CHECK(store.in_flights.asked().provider == "gone");
  store.in_flights.fail();
  run();
  advance(200ms);
  store.in_flights.answer(std::vector<pulled>{{n, started_delivery(*n, "gone")}});
  run();
  auto r = status_sink_peer.take<report_ptr>(report_atom_v);
  CHECK(r->d.attempts.back().outcome == outcome::ambiguous);
  CHECK(r->d.attempts.back().code == "interrupted");
}

TEST_CASE_METHOD(dispatcher_test, "the fallback is used when the first provider is blocked, not when it is busy") {
  auto subject = ready();
  grant(subject, "backup", 5);
  SECTION("first is blocked") {
    grant(subject, "first", 0);
    send(subject, place_atom_v, described(caller));
    accept();
    CHECK(sent(backup_peer)->d.attempts[0].provider == "backup");
  }
  SECTION("first is busy") {
    grant(subject, "first", 1);
    send(subject, place_atom_v, described(caller));
    send(subject, place_atom_v, described(caller));
    accept();
    CHECK(accept().status == delivery_status::queued);
    CHECK(backup_peer.empty());
  }
  SECTION("first voided its credit") {
    grant(subject, "first", 5, 1);
    grant(subject, "first", 0, 2);
    send(subject, place_atom_v, described(caller));
    accept();
    CHECK(sent(backup_peer)->slot.provider() == "backup");
    CHECK(first_peer.empty());
  }
}

TEST_CASE_METHOD(dispatcher_test, "credit of an older epoch counts no more, however late it comes back") {
  auto subject = ready();
  grant(subject, "first", 1, 1);
  send(subject, place_atom_v, described(caller)); // takes the slot of epoch 1
  grant(subject, "first", 0, 2);
  store.accepts.fail(); // its slot goes back, of epoch 1
  run();
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_test, "once its start is on record, a slot is not credit again if the provider dies") {
  auto subject = ready();
  grant(subject, "first", 1);
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::sending);
  first_peer.clear(); // the work is gone with its mailbox
  run();
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::queued);
  CHECK(store.pulls.made() == 0);
}

TEST_CASE_METHOD(dispatcher_test, "a grant is answered, so that a provider knows when its old slots are void") {
  auto subject = ready();
  CHECK(ask<bool>(subject, credit_atom_v, std::string{"first"}, std::uint64_t{3}, std::size_t{0}));
}

TEST_CASE_METHOD(dispatcher_test, "a request that cannot be kept answers the door and gives its slot back") {
  auto subject = ready();
  grant(subject, "first", 1);
  send(subject, place_atom_v, described(caller));
  store.accepts.fail(errc::storage_full);
  run();
  CHECK(caller.refusal().code == errc::storage_full);
  CHECK(first_peer.empty());
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::sending);
}

TEST_CASE_METHOD(dispatcher_test, "a parked request that cannot be kept opens the straight way again") {
  auto subject = ready();
  send(subject, place_atom_v, described(caller)); // no credit: parked
  store.accepts.fail();
  run();
  grant(subject, "first", 1);
  store.pulls.answer(pull_result{});
  run();
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::sending);
}

TEST_CASE_METHOD(dispatcher_test, "a refused or replayed request has its debits taken back") {
  auto subject = ready();
  auto what = described(caller);
  std::vector<std::string> returned;
  auto give_back = [&](const debits_ptr& debits) { returned.push_back(debits->front().key); };
  what->booked = booking{std::make_shared<const booking::book>(booking::book{give_back, {}})};
  what->booked.own = {{"per_user", "k", {}}};
  send(subject, place_atom_v, std::move(what));
  SECTION("replayed") {
    store.accepts.answer(receipt{uuid{}, lane::bulk, true});
    run();
    REQUIRE(caller.answers().size() == 1);
    CHECK(caller.answers()[0]->replayed);
    CHECK_FALSE(watch.has("accepted http"));
  }
  SECTION("refused") {
    store.accepts.fail(errc::key_reused);
    run();
    CHECK(caller.refusal().code == errc::key_reused);
  }
  CHECK(returned == std::vector<std::string>{"k"});
  CHECK(first_peer.empty());
}

TEST_CASE_METHOD(critical_dispatcher_test,
                 "critical's debits of people's limits reach bulk only for what was accepted") {
  auto subject = ready();
  auto place = [&] {
    auto what = described(caller, priority::critical);
    what->booked = booking{std::make_shared<const booking::book>(booking::book{{}, context->post_debits})};
    what->booked.others = {{"per_user", "k", {}}};
    send(subject, place_atom_v, what);
  };
  place();
  store.accepts.fail();
  place();
  store.accepts.answer(receipt{uuid{}, lane::critical, true}); // a replay
  CHECK(posted.empty());
  place();
  store.accepts.answer(receipt{});
  REQUIRE(posted.size() == 1);
  CHECK(posted[0]->front().key == "k");
}

TEST_CASE_METHOD(dispatcher_test, "a key is free again before its request is answered") {
  auto subject = ready();
  auto what = described(caller);
  what->claim = idempotency_claim{"k", {}};
  what->reservation = keys.reserve({}, "k");
  bool free_at_answer = false;
  what->answer.release();
  what->answer = reply<receipt>{[&](result<receipt>) { free_at_answer = keys.reserve({}, "k") != nullptr; }};
  send(subject, place_atom_v, what);
  CHECK(store.accepts.asked().claim->key == "k");
  accept();
  CHECK(free_at_answer);
}

TEST_CASE_METHOD(dispatcher_test, "deliveries that wait for a time are kept without a slot and told to the timer") {
  auto subject = ready();
  grant(subject, "first", 1);
  auto what = described(caller);
  what->deliveries[0].d.status = delivery_status::scheduled;
  what->deliveries[0].d.due = start_of_tests + 1h;
  send(subject, place_atom_v, what);
  CHECK(retry_timer_peer.empty());
  auto d = accept();
  CHECK(d.status == delivery_status::scheduled);
  CHECK(d.queue == "first");
  auto [queue, due] = retry_timer_peer.take<queue_key, sys_time>(due_atom_v);
  CHECK(queue == first_queue);
  CHECK(due == start_of_tests + 1h);
}

TEST_CASE_METHOD(dispatcher_test, "deliveries that ended already are kept as they are") {
  auto subject = ready();
  grant(subject, "first", 1);
  auto what = described(caller);
  what->deliveries[0].d.status = delivery_status::suppressed;
  what->deliveries[0].d.decision.rule = "suppression";
  send(subject, place_atom_v, what);
  CHECK(accept().status == delivery_status::suppressed);
  CHECK(watch.has("reached email suppressed"));
  CHECK(watch.has("suppressed email suppression"));
}

TEST_CASE_METHOD(dispatcher_test, "a channel nobody serves fails, with the reason") {
  config.channels.erase(channel::email);
  auto subject = ready();
  send(subject, place_atom_v, described(caller));
  auto d = accept();
  CHECK(d.status == delivery_status::failed);
  CHECK(d.decision.rule == "no_provider");
  CHECK(d.history.back().rule == "no_provider");
}

TEST_CASE_METHOD(dispatcher_test, "test mode reaches nobody but the sandbox") {
  auto subject = ready();
  grant(subject, "first", 1);
  auto what = described(caller);
  what->deliveries[0].d.space.mode = mode::test;
  send(subject, place_atom_v, what);
  auto d = accept();
  CHECK(d.queue == test_provider);
  CHECK(d.status == delivery_status::queued);
  CHECK(first_peer.empty());
}

TEST_CASE_METHOD(dispatcher_test, "a dry run says where it would go and when, and keeps nothing") {
  auto subject = ready();
  grant(subject, "first", 1);
  auto what = caller.dry_run();
  auto model = described(caller);
  what->n = model->n;
  what->deliveries = std::move(model->deliveries);
  what->deliveries.push_back({});
  what->deliveries[1].d = sample_delivery(*what->n, 2);
  what->deliveries[1].d.channel = channel::sms;
  what->limits = {{{"per_user", 3, start_of_tests}}};
  send(subject, place_atom_v, what);
  REQUIRE(caller.explanations().size() == 1);
  auto& explained = caller.explanations()[0]->deliveries;
  REQUIRE(explained.size() == 2);
  CHECK(explained[0].providers == std::vector<std::string>{"first", "backup"});
  CHECK(explained[0].what.title == "Hello");
  CHECK(explained[0].earliest_at == start_of_tests);
  REQUIRE(explained[0].limits.size() == 1);
  CHECK(explained[0].limits[0].name == "per_user");
  CHECK(explained[1].d.status == delivery_status::failed);
  CHECK(explained[1].d.decision.rule == "no_provider");
  CHECK_FALSE(explained[0].behind);
  CHECK(store.accepts.made() == 0);
  send(subject, place_atom_v, described(caller)); // the slot is still there
  CHECK(accept().status == delivery_status::sending);
}

TEST_CASE_METHOD(dispatcher_test, "while it drains, requests are kept but none is started") {
  auto subject = ready();
  grant(subject, "first", 1);
  send(subject, drain_atom_v);
  send(subject, place_atom_v, described(caller));
  CHECK(accept().status == delivery_status::queued);
  CHECK(caller.answers().size() == 1);
  CHECK(first_peer.empty());
  CHECK(store.pulls.made() == 0);
}

TEST_CASE_METHOD(dispatcher_test, "a request that reaches a dispatcher without peers answers its caller") {
  auto subject = spawn(dispatcher, impatient);
  send(subject, place_atom_v, described(caller));
  CHECK(caller.refusal().code == errc::overloaded);
  CHECK(store.accepts.made() == 0);
}
