#include "actors/status_sink.hpp"

#include "tests/helpers/lane_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

struct status_sink_test : lane_fixture {
  std::shared_ptr<const notification> n = sample_notification();
  status_sink_actor subject = start(status_sink, status_sink_config{.store_pause = 200ms});

  report_ptr report_of(outcome what) const {
    auto r = std::make_shared<report>();
    r->n = n;
    r->d = started_delivery(*n);
    r->d.attempts.back().outcome = what;
    r->d.attempts.back().code = "250";
    return r;
  }
  /// As the retry timer plans it: again in a second.
  order_ptr planned(row_key key = sample_key + 1) const {
    auto order = std::make_shared<update_order>();
    order->n = n;
    order->update.d = started_delivery(*n);
    order->update.d.key = key;
    order->update.d.status = delivery_status::queued;
    order->update.d.due = start_of_tests + 1s;
    order->update.expected_attempts = 1;
    order->settle_with = "first";
    return order;
  }
  order_ptr bad_address() const {
    auto order = planned();
    order->update.d.status = delivery_status::failed;
    order->update.d.due.reset();
    order->suppress_address = true;
    return order;
  }
  std::size_t settled() const { return first_peer.count<row_key>(settle_atom_v); }
};

} // namespace

TEST_CASE_METHOD(status_sink_test, "an accepted attempt is written, and only then its slot is free") {
  send(subject, report_atom_v, report_of(outcome::accepted));
  CHECK(retry_timer_peer.count<report_ptr>(plan_atom_v) == 0);
  CHECK(settled() == 0);
  auto update = store.updates.answer(update_result{true});
  run();
  CHECK(update.d.status == delivery_status::sent);
  CHECK(update.expected == delivery_status::sending);
  CHECK(update.expected_attempts == 1);
  CHECK(update.cancel_standby);
  CHECK(first_peer.take<row_key>(settle_atom_v) == sample_key + 1);
  CHECK(watch.has("reached email sent"));
}

TEST_CASE_METHOD(status_sink_test, "what the protocol confirms is delivered") {
  auto r = std::make_shared<report>(*report_of(outcome::accepted));
  r->confirms = true;
  send(subject, report_atom_v, report_ptr{r});
  CHECK(store.updates.asked().d.status == delivery_status::delivered);
}

TEST_CASE_METHOD(status_sink_test, "only a first attempt earns retry budget") {
  send(subject, report_atom_v, report_of(outcome::accepted));
  CHECK(retry_timer_peer.count<std::size_t>(credit_atom_v) == 1);
  auto second = std::make_shared<report>(*report_of(outcome::accepted));
  second->d.key += 1;
  second->d.attempts.push_back(second->d.attempts.back());
  send(subject, report_atom_v, report_ptr{second});
  CHECK(retry_timer_peer.count<std::size_t>(credit_atom_v) == 1);
}

TEST_CASE_METHOD(status_sink_test, "a failed attempt is planned by the retry timer before anything is written") {
  auto r = report_of(outcome::retry);
  send(subject, report_atom_v, r);
  CHECK(retry_timer_peer.take<report_ptr>(plan_atom_v) == r);
  CHECK(store.updates.made() == 0);
}

TEST_CASE_METHOD(status_sink_test, "a planned retry is written, its due time passed on, its slot freed") {
  send(subject, record_atom_v, planned());
  store.updates.answer(update_result{true});
  run();
  auto [queue, due] = retry_timer_peer.take<queue_key, sys_time>(due_atom_v);
  CHECK(queue == queue_key{"first", space{}});
  CHECK(due == start_of_tests + 1s);
  CHECK(settled() == 1);
  CHECK(dispatcher_peer.empty());
}

TEST_CASE_METHOD(status_sink_test, "what may go on at once wakes its queue") {
  auto order = planned();
  order->update.d.queue = "backup";
  order->update.d.due.reset();
  send(subject, record_atom_v, order);
  store.updates.answer(update_result{true});
  run();
  CHECK(dispatcher_peer.take<queue_key>(ready_atom_v) == queue_key{"backup", space{}});
  CHECK(first_peer.take<row_key>(settle_atom_v) == sample_key + 1); // the slot was first's
}

TEST_CASE_METHOD(status_sink_test, "a dead address is on the ledger before its delivery ends") {
  send(subject, record_atom_v, bad_address());
  CHECK(store.updates.made() == 0);
  auto entry = control.suppressions.answer(suppression{});
  run();
  CHECK(parse_uuid(entry.id));
  CHECK(entry.channel == channel::email);
  CHECK(entry.address == "someone@example.org");
  CHECK(entry.cause == suppression_cause::hard_bounce);
  REQUIRE(announced.size() == 1);
  CHECK(announced[0].address == std::pair{channel::email, std::string{"someone@example.org"}});
  CHECK(store.updates.waiting() == 1);
  store.updates.answer(update_result{true});
  run();
  CHECK(settled() == 1);
  CHECK(watch.has("log delivery.failed"));
}

TEST_CASE_METHOD(status_sink_test, "a push token that is gone is a dead token, not a bounce") {
  auto order = bad_address();
  order->update.d.channel = channel::push;
  send(subject, record_atom_v, order);
  CHECK(control.suppressions.asked().cause == suppression_cause::dead_token);
}

TEST_CASE_METHOD(status_sink_test, "a ledger that cannot be written is tried again before the delivery") {
  send(subject, record_atom_v, bad_address());
  control.suppressions.fail();
  run();
  CHECK(store.updates.made() == 0);
  CHECK(announced.empty());
  advance(200ms);
  control.suppressions.answer(suppression{});
  run();
  CHECK(store.updates.waiting() == 1);
}

TEST_CASE_METHOD(status_sink_test,
                 "an update the store cannot write is tried again until it can; the slot stays taken") {
  send(subject, record_atom_v, planned());
  for (int i = 0; i < 3; ++i) {
    store.updates.fail(errc::storage_full);
    run();
    CHECK(settled() == 0);
    CHECK(store.updates.waiting() == 0);
    advance(200ms);
    REQUIRE(store.updates.waiting() == 1);
  }
  store.updates.answer(update_result{true});
  run();
  CHECK(settled() == 1);
  CHECK(timers() == 0);
}

TEST_CASE_METHOD(status_sink_test, "refused updates share one pause") {
  send(subject, record_atom_v, planned(sample_key + 1));
  send(subject, record_atom_v, planned(sample_key + 2));
  store.updates.fail();
  store.updates.fail();
  run();
  CHECK(timers() == 1);
  advance(200ms);
  CHECK(store.updates.waiting() == 2);
  CHECK(store.updates.made() == 4);
}

TEST_CASE_METHOD(status_sink_test,
                 "a delivery that moved on meanwhile keeps its state; its slot is free all the same") {
  send(subject, record_atom_v, planned());
  store.updates.answer(update_result{false});
  run();
  CHECK(settled() == 1);
  CHECK(retry_timer_peer.empty());
  CHECK(watch.lines.empty());
}

TEST_CASE_METHOD(status_sink_test, "siblings that were released wake their queues") {
  send(subject, record_atom_v, bad_address());
  control.suppressions.answer(suppression{});
  run();
  auto sibling = sample_delivery(*n, 2);
  sibling.queue = "texts";
  store.updates.answer(update_result{true, {sibling}});
  run();
  CHECK(dispatcher_peer.take<queue_key>(ready_atom_v) == queue_key{"texts", space{}});
}

TEST_CASE_METHOD(status_sink_test, "an attempt that was never made goes back to its queue and does not count") {
  auto r = std::make_shared<report>();
  r->n = n;
  r->d = started_delivery(*n);
  r->attempted = false;
  SECTION("at once") {}
  SECTION("not before its endpoint's pause is over") {
    r->not_before = start_of_tests + 30s;
  }
  send(subject, report_atom_v, report_ptr{r});
  auto update = store.updates.answer(update_result{true});
  run();
  CHECK(update.d.status == delivery_status::queued);
  CHECK(update.d.attempts.empty());
  CHECK(update.d.due == r->not_before);
  CHECK(update.expected == delivery_status::sending);
  CHECK(update.expected_attempts == 1);
  CHECK(settled() == 1);
  CHECK(retry_timer_peer.count<std::size_t>(credit_atom_v) == 0);
  CHECK(dispatcher_peer.count<queue_key>(ready_atom_v) == (r->not_before ? 0 : 1));
  CHECK(retry_timer_peer.count<queue_key, sys_time>(due_atom_v) == (r->not_before ? 1 : 0));
}

TEST_CASE_METHOD(status_sink_test, "what comes from a later state of a delivery waits for the write before it") {
  auto ended = planned(); // decided while its start was on its way into the store
  ended->update.expected = delivery_status::scheduled;
  ended->update.expected_attempts = 0;
  send(subject, record_atom_v, ended);
  auto back = std::make_shared<report>(*report_of(outcome::accepted));
  back->attempted = false;
  send(subject, report_atom_v, report_ptr{back});
  CHECK(store.updates.waiting() == 1);
  store.updates.answer(update_result{false});
  run();
  REQUIRE(store.updates.waiting() == 1);
  CHECK(store.updates.asked().expected == delivery_status::sending);
  CHECK(store.updates.asked().d.status == delivery_status::queued);
  store.updates.answer(update_result{true});
  run();
  CHECK(store.updates.waiting() == 0);
}

TEST_CASE_METHOD(status_sink_test, "what is being written already is not written twice") {
  send(subject, report_atom_v, report_of(outcome::accepted));
  send(subject, report_atom_v, report_of(outcome::accepted));
  CHECK(store.updates.made() == 1);
}

TEST_CASE_METHOD(status_sink_test, "work that ended without an attempt gives its slot back once that is durable") {
  auto returned = std::make_shared<int>(0);
  auto order = planned();
  order->settle_with.clear();
  order->update.d.status = delivery_status::suppressed;
  order->update.d.decision.rule = "preference.any";
  order->update.d.due.reset();
  order->work = stored_work(returned);
  send(subject, record_atom_v, std::move(order));
  CHECK(*returned == 0);
  store.updates.answer(update_result{true});
  run();
  CHECK(*returned == 1);
  // So that the dispatcher does not take it for work that was dropped.
  auto [queue, key] = dispatcher_peer.take<queue_key, row_key>(settle_atom_v);
  CHECK(queue == queue_key{"first", space{}});
  CHECK(key == sample_key + 1);
  CHECK(watch.has("suppressed email preference.any"));
}

TEST_CASE_METHOD(status_sink_test, "what follows a failed attempt is logged with the request's id once it is durable") {
  auto own = sample_notification();
  own->correlation_id = "r_1";
  auto order = planned();
  order->n = own;
  order->update.d.history.push_back({delivery_status::queued, start_of_tests, "retry.backoff", "again"});
  send(subject, record_atom_v, order);
  CHECK(watch.logged.empty());
  store.updates.answer(update_result{true});
  run();
  auto* line = watch.find_log("delivery.retry_planned");
  REQUIRE(line);
  CHECK(line->level == log_level::info);
  CHECK(line->fields.at("request_id") == "r_1");
  CHECK(line->fields.at("notification_id") == to_string(own->id));
  CHECK(line->fields.at("rule") == "retry.backoff");
  CHECK_FALSE(line->fields.at("next_attempt_at").empty());
}

TEST_CASE_METHOD(status_sink_test, "what goes well is logged at debug only, and not put together while that is off") {
  watch.least = log_level::info;
  send(subject, report_atom_v, report_of(outcome::accepted));
  store.updates.answer(update_result{true});
  run();
  CHECK(watch.logged.empty());
}
