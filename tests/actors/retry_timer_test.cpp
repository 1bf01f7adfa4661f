#include "actors/retry_timer.hpp"

#include <catch2/generators/catch_generators.hpp>

#include "tests/helpers/lane_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

const queue_key first_queue{"first", {}};

struct retry_timer_test : lane_fixture {
  std::shared_ptr<const notification> n = sample_notification();
  retry_timer_config how;

  /// A timer that found nothing due in the store.
  retry_timer_actor ready() {
    store.is_empty();
    return start(retry_timer, how);
  }
  report_ptr failed(outcome what = outcome::retry) const {
    auto r = std::make_shared<report>();
    r->n = n;
    r->d = started_delivery(*n);
    r->d.attempts.back().outcome = what;
    return r;
  }
  delivery planned() { return status_sink_peer.take<order_ptr>(record_atom_v)->update.d; }
  std::size_t woken() const { return dispatcher_peer.count<queue_key>(ready_atom_v); }
};

} // namespace

TEST_CASE_METHOD(retry_timer_test, "a failed attempt is planned with its due time and passed to the status sink") {
  auto subject = ready();
  send(subject, plan_atom_v, failed());
  auto d = planned();
  CHECK(d.status == delivery_status::queued);
  CHECK(d.queue == "first");
  CHECK(d.due == start_of_tests + 1s);
  CHECK(watch.has("retried email"));
}

TEST_CASE_METHOD(retry_timer_test, "run-time settings change what is planned") {
  auto subject = ready();
  settings->retry[channel::email].enabled = false;
  send(subject, plan_atom_v, failed());
  CHECK(planned().status == delivery_status::dead_lettered);
  CHECK_FALSE(watch.has("retried email"));
}

TEST_CASE_METHOD(retry_timer_test, "retries over the budget wait longer; first attempts earn it back") {
  config.retry_budget = {.ratio = 1, .minimum = 0.1};
  auto subject = ready();
  std::vector<sys_time> due;
  std::string last_reason;
  for (int i = 0; i < 4; ++i) {
    send(subject, plan_atom_v, failed());
    auto d = planned();
    due.push_back(*d.due);
    last_reason = d.history.back().reason;
  }
  CHECK(due.front() == start_of_tests + 1s);
  CHECK(due.back() > start_of_tests + 2s);
  CHECK(last_reason.find("the retry budget adds") != std::string::npos);
  send(subject, credit_atom_v, std::size_t{100});
  send(subject, plan_atom_v, failed());
  CHECK(*planned().due < due.back());
}

TEST_CASE_METHOD(retry_timer_test, "a queue is woken when its row falls due, not before") {
  auto subject = ready();
  send(subject, due_atom_v, first_queue, clock.now() + 5s);
  advance(4900ms);
  CHECK(woken() == 0);
  advance(120ms);
  CHECK(dispatcher_peer.take<queue_key>(ready_atom_v) == first_queue);
}

TEST_CASE_METHOD(retry_timer_test, "what falls due soon is woken then, also while it sleeps for something later") {
  auto subject = ready();
  for (int i = 0; i < 5; ++i) {
    send(subject, due_atom_v, queue_key{"backup", {}}, clock.now() + 10s);
    send(subject, due_atom_v, first_queue, clock.now() + 40ms);
    advance(39ms);
    CHECK(woken() == 0);
    advance(21ms);
    CHECK(dispatcher_peer.take<queue_key>(ready_atom_v) == first_queue);
  }
  advance(2s);
  CHECK(timers() == 1); // however often it was woken early, it has one timer
}

TEST_CASE_METHOD(retry_timer_test, "rows of one instant wake their queue once") {
  auto subject = ready();
  for (int i = 0; i < 3; ++i)
    send(subject, due_atom_v, first_queue, clock.now() + 1s + std::chrono::microseconds{i});
  send(subject, due_atom_v, queue_key{"backup", {}}, clock.now() + 1s);
  advance(2s);
  CHECK(woken() == 2);
}

TEST_CASE_METHOD(retry_timer_test, "it reads the horizon when it starts, and further ahead as time goes on") {
  store.barriers.always(ok);
  store.queue_lists.always(std::vector<queue_state>{});
  store.helds.always(std::vector<pulled>{});
  auto subject = start(retry_timer, how);
  auto read = store.dues.answer(std::vector<due_entry>{{"first", {}, start_of_tests + 30s}});
  run();
  CHECK(read.from == start_of_tests);
  CHECK(read.until == start_of_tests + 60s);
  CHECK(read.limit == how.entries);
  advance(21s);
  auto next = store.dues.answer(std::vector<due_entry>{});
  CHECK(next.from == start_of_tests + 60s);
  CHECK(next.until >= start_of_tests + 80s);
  advance(10s);
  CHECK(woken() == 1);
}

TEST_CASE_METHOD(retry_timer_test, "a clock that is set back wakes every queue and reads the horizon anew") {
  auto subject = ready();
  send(subject, due_atom_v, first_queue, clock.now() + 5s);
  advance(2s);
  REQUIRE(woken() == 0);
  store.queue_lists.always(std::vector<queue_state>{{"first", {}, true, {}}});
  std::vector<sys_time> read_from;
  store.dues.always([&](const scripted_lane_store::span& asked) {
    read_from.push_back(asked.from);
    return result<std::vector<due_entry>>{std::vector<due_entry>{}};
  });
  clock.step(GENERATE(duration{-24h}, duration{-500ms}));
  auto back = clock.now();
  advance(2s);
  CHECK(woken() == 1);
  REQUIRE_FALSE(read_from.empty());
  CHECK(read_from.front() < back + 2s);
}

TEST_CASE_METHOD(retry_timer_test, "what is due past the horizon is left to the store and read in time") {
  auto subject = ready();
  auto due = clock.now() + 90s;
  store.dues.always([due](const scripted_lane_store::span& asked) {
    std::vector<due_entry> found;
    if (asked.from < due && due <= asked.until)
      found.push_back({"first", {}, due});
    return result<std::vector<due_entry>>{found};
  });
  send(subject, due_atom_v, first_queue, due);
  advance(89s);
  CHECK(woken() == 0);
  advance(2s);
  CHECK(woken() == 1);
}

TEST_CASE_METHOD(retry_timer_test, "a horizon that cannot be read is read again a moment later") {
  store.barriers.always(ok);
  store.queue_lists.always(std::vector<queue_state>{});
  store.helds.always(std::vector<pulled>{});
  start(retry_timer, how);
  store.dues.fail();
  run();
  advance(1s);
  auto again = store.dues.answer(std::vector<due_entry>{});
  CHECK(again.from == start_of_tests);
}

TEST_CASE_METHOD(retry_timer_test,
                 "a horizon with more rows than one read takes is read on soon, from the last instant on") {
  how.entries = 2;
  store.barriers.always(ok);
  store.queue_lists.always(std::vector<queue_state>{});
  store.helds.always(std::vector<pulled>{});
  start(retry_timer, how);
  store.dues.answer(std::vector<due_entry>{{"first", {}, start_of_tests + 5s}, {"first", {}, start_of_tests + 7s}});
  run();
  advance(1s);
  CHECK(store.dues.asked().from == start_of_tests + 7s - 1us); // exclusive: another queue may share it
}

TEST_CASE_METHOD(retry_timer_test, "work that fell due while nobody looked wakes its queue at start") {
  store.is_empty();
  store.queue_lists.always(std::vector<queue_state>{{"first", {}, false, start_of_tests - 1h}});
  start(retry_timer, how);
  advance(1s);
  CHECK(woken() == 1);
}

TEST_CASE_METHOD(retry_timer_test, "it looks only once everything that was on its way is in the store") {
  store.is_empty();
  store.barriers.forget();
  start(retry_timer, how);
  CHECK(store.queue_lists.made() == 0);
  store.barriers.fail();
  run();
  advance(1s);
  store.barriers.answer(ok);
  run();
  CHECK(store.queue_lists.made() == 1);
  CHECK(store.dues.made() == 1);
}

TEST_CASE_METHOD(retry_timer_test, "queues that cannot be named at start are asked for again") {
  store.is_empty();
  store.queue_lists.always([asked = 0](auto&) mutable {
    if (asked++ == 0)
      return result<std::vector<queue_state>>{fault{errc::store_unavailable, "the test says no"}};
    return result<std::vector<queue_state>>{{{"first", {}, false, start_of_tests - 1h}}};
  });
  start(retry_timer, how);
  CHECK(store.dues.made() == 0);
  advance(5s);
  CHECK(woken() == 1);
}

TEST_CASE_METHOD(retry_timer_test, "a clock that jumps ahead is noticed within a tick") {
  auto subject = ready();
  send(subject, due_atom_v, first_queue, clock.now() + 50s);
  clock.step(1h);
  advance(1s);
  CHECK(woken() == 1);
}

TEST_CASE_METHOD(retry_timer_test, "a clock that steps back wakes nobody twice and loses nothing") {
  auto subject = ready();
  std::vector<due_entry> rows{{"first", {}, clock.now() + 5s}, {"backup", {}, clock.now() - 50min}};
  store.dues.always([&rows](const scripted_lane_store::span& asked) {
    std::vector<due_entry> found;
    for (auto& row : rows)
      if (asked.from < row.due && row.due <= asked.until)
        found.push_back(row);
    return result<std::vector<due_entry>>{found};
  });
  send(subject, due_atom_v, first_queue, rows[0].due);
  clock.step(-1h);
  advance(10s);
  CHECK(woken() == 0);
  advance(11min);
  CHECK(woken() == 1);
  advance(1h);
  CHECK(woken() == 2);
}

TEST_CASE_METHOD(retry_timer_test, "a held delivery whose time is over expires and releases its standby") {
  store.is_empty();
  auto d = started_delivery(*n);
  d.status = delivery_status::held;
  store.helds.always([d, this, asked = 0](auto&) mutable {
    return result<std::vector<pulled>>{asked++ == 0 ? std::vector<pulled>{} : std::vector<pulled>{{n, d}}};
  });
  start(retry_timer, how);
  CHECK(status_sink_peer.empty());
  advance(20s);
  auto order = status_sink_peer.take<order_ptr>(record_atom_v);
  CHECK(order->update.d.status == delivery_status::expired);
  CHECK(order->update.d.decision.rule == "expired");
  CHECK(order->update.expected == delivery_status::held);
  CHECK(order->update.expected_attempts == 1);
  CHECK(order->update.release_standby);
  CHECK(order->settle_with.empty());
}

TEST_CASE_METHOD(retry_timer_test, "held deliveries that cannot be read are looked for again") {
  store.is_empty();
  store.helds.always([](auto&) { return result<std::vector<pulled>>{fault{errc::store_unavailable, "no"}}; });
  start(retry_timer, how);
  auto before = store.helds.made();
  advance(21s);
  CHECK(store.helds.made() == before + 1);
  CHECK(status_sink_peer.empty());
}

TEST_CASE_METHOD(retry_timer_test,
                 "after a restart of the status sink, what the dead one wrote falls due all the same") {
  auto subject = ready();
  advance(1s);
  store.queue_lists.always(std::vector<queue_state>{{"first", {}, false, clock.now() - 1s}});
  send(subject, peers_atom_v, peers()); // the same peers
  advance(5s);
  CHECK(woken() == 0);
  send(subject, peers_atom_v, with_new_status_sink());
  advance(2s);
  CHECK(woken() == 1);
}

TEST_CASE_METHOD(retry_timer_test, "a read that began before a status sink died does not stand for what that wrote") {
  auto subject = ready();
  store.queue_lists.forget();
  send(subject, peers_atom_v, with_new_status_sink());
  advance(1s);
  REQUIRE(store.queue_lists.waiting() == 1);
  send(subject, peers_atom_v, peers()); // another one again
  store.queue_lists.answer(std::vector<queue_state>{});
  run();
  REQUIRE(store.queue_lists.waiting() == 1);
  store.queue_lists.answer(std::vector<queue_state>{{"first", {}, false, clock.now() - 1s}});
  run();
  advance(2s);
  CHECK(woken() == 1);
}

TEST_CASE_METHOD(retry_timer_test, "what falls due before the peers are known is kept for them") {
  store.is_empty();
  auto subject = spawn(retry_timer, how);
  send(subject, due_atom_v, first_queue, clock.now() + 1s);
  advance(2s);
  send(subject, peers_atom_v, peers());
  advance(1s);
  CHECK(woken() == 1);
}
