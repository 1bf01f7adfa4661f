// Places in the limits: kept, given back, lost while nobody paced them, given anew.
#include "tests/actors/throttle_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(throttle_test, "a refund gives back its own place and none that was given since") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  auto replayed = placed();
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.due == start_of_tests + 1min);
  replayed->booked.give_back();
  run();
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.status == delivery_status::queued);
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.due == start_of_tests + 2min);
}

namespace {

/// A throttle that gave out three places, a minute apart, and the work that waits for them.
struct waiting_test : throttle_test {
  throttle_actor subject;
  std::vector<work_ptr> waiting;

  waiting_test() {
    config.limits.per_user = one_a_minute(over_limit::delay);
    subject = ready();
    send(subject, decide_atom_v, described(caller));
    placed();
    for (int i = 0; i < 3; ++i) {
      auto w = stored_work();
      send(subject, decide_atom_v, w);
      w->d = recorded()->update.d;
      w->stored = w->d.status;
      waiting.push_back(w);
    }
  }
  /// It is due: what becomes of it. Nothing: it may go.
  std::optional<sys_time> comes(const work_ptr& w) {
    send(subject, decide_atom_v, w);
    if (dispatcher_peer.count<work_ptr>(place_atom_v) > 0) {
      dispatcher_peer.take<work_ptr>(place_atom_v);
      return std::nullopt;
    }
    return recorded()->update.d.due;
  }
};

} // namespace

TEST_CASE_METHOD(waiting_test, "work whose place has come goes on, and pays no second time") {
  advance(1min);
  CHECK(comes(waiting[0]) == std::nullopt);
  advance(1min + 20s); // late, while others wait in the store
  CHECK(comes(waiting[1]) == std::nullopt);
  advance(40s);
  CHECK(comes(waiting[2]) == std::nullopt);
}

TEST_CASE_METHOD(waiting_test,
                 "places that a step forward passed over are given anew, so that nothing goes out together") {
  clock.step(1h);
  auto now = clock.now();
  CHECK(comes(waiting[0]) == std::nullopt);
  CHECK(comes(waiting[1]) == now + 1min);
  CHECK(comes(waiting[2]) == now + 2min);
}

TEST_CASE_METHOD(waiting_test, "places yet to come outlast a step forward") {
  clock.step(150s); // past two of them
  auto now = clock.now();
  CHECK(comes(waiting[0]) == now + 90s); // after the third
  CHECK(comes(waiting[1]) == now + 150s);
  advance(30s);
  CHECK(comes(waiting[2]) == std::nullopt);
}

TEST_CASE_METHOD(waiting_test,
                 "after a step back the limits are read anew, and what is ready at once is spaced again") {
  clock.step(-24h);
  auto now = clock.now();
  auto used = started_delivery(*sample_notification());
  used.attempts.front().started_at = start_of_tests;
  store.histories.always(limit_history{{used}});
  send(subject, decide_atom_v, waiting[0]); // set the reading off, and waits for it
  REQUIRE(preference_peer.take<work_ptr>(decide_atom_v) == waiting[0]);
  CHECK(comes(waiting[0]) == now + 1min); // the one before the step counts as now
  CHECK(comes(waiting[1]) == now + 2min);
}

TEST_CASE_METHOD(waiting_test, "a step back makes no place later: what comes early keeps its own") {
  clock.step(-30s);
  auto used = started_delivery(*sample_notification());
  used.attempts.front().started_at = start_of_tests;
  store.histories.always(limit_history{{used, waiting[0]->d, waiting[1]->d, waiting[2]->d}});
  send(subject, decide_atom_v, waiting[0]);
  preference_peer.take<work_ptr>(decide_atom_v);
  CHECK(comes(waiting[0]) == start_of_tests + 1min);
  CHECK(comes(waiting[2]) == start_of_tests + 3min);
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.due == start_of_tests + 4min);
}

TEST_CASE_METHOD(waiting_test, "after a step back, what was let through before and has no slot yet pays again") {
  auto used = started_delivery(*sample_notification());
  used.attempts.front().started_at = start_of_tests;
  store.histories.always(limit_history{{used, waiting[0]->d, waiting[1]->d, waiting[2]->d}});
  advance(10s);
  auto let_through = stored_work();
  let_through->d.place = let_through->d.history.back().at = clock.now();
  clock.step(-5s);
  send(subject, decide_atom_v, let_through); // sets the reading off, and waits for it
  preference_peer.take<work_ptr>(decide_atom_v);
  CHECK(comes(let_through) == start_of_tests + 4min);
}

TEST_CASE_METHOD(waiting_test, "after a restart places yet to come are kept, those that passed are given anew") {
  advance(150s);
  auto used = started_delivery(*sample_notification());
  used.attempts.front().started_at = start_of_tests;
  store.histories.always(limit_history{{used, waiting[2]->d}});
  subject = start(throttle, throttle_config{});
  CHECK(comes(waiting[0]) == clock.now() + 90s);
  CHECK(comes(waiting[1]) == clock.now() + 150s);
  advance(30s);
  CHECK(comes(waiting[2]) == std::nullopt);
}

TEST_CASE_METHOD(waiting_test, "a place that was not read at a restart is given anew when it comes") {
  advance(1s);
  store.histories.always(limit_history{{}, start_of_tests + 150s});
  subject = start(throttle, throttle_config{});
  advance(59s);
  CHECK(comes(waiting[0]) == std::nullopt);
  advance(2min);
  send(subject, decide_atom_v, described(caller));
  placed();
  CHECK(comes(waiting[2]) == clock.now() + 1min);
}

TEST_CASE_METHOD(throttle_test, "what was let in once is not dropped for having lost its place") {
  config.limits.per_user = one_a_minute(over_limit::drop);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  placed();
  auto w = stored_work();
  w->d.place = lost_place;
  send(subject, decide_atom_v, w);
  CHECK(recorded()->update.d.due == start_of_tests + 1min);
}

TEST_CASE_METHOD(throttle_test, "debits of the other lane wait for the limits too, and count at their place") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = start(throttle, throttle_config{});
  debit theirs{"per_user", "per_user\ndefault/live\nu_1", *config.limits.per_user, start_of_tests + 10min};
  send(subject, debit_atom_v, std::make_shared<const std::vector<debit>>(1, theirs));
  store.histories.answer(limit_history{});
  run();
  for (auto due : {0min, 1min, 2min}) {
    send(subject, decide_atom_v, described(caller));
    CHECK(placed()->deliveries[0].d.place == start_of_tests + due);
  }
  advance(9min + 30s);
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.place == start_of_tests + 11min);
}
