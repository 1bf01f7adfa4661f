// Contract of lane_store: starts, updates, standbys, and the ready queues.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "samples.hpp"

namespace carillon::test::work_cases {

inline void start_is_recorded(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  CHECK(started(f.bulk(), what.deliveries[0].key, attempt_at(f.clock().now())));
  auto d = first_of(f.bulk(), what);
  CHECK(d.status == delivery_status::sending);
  REQUIRE(d.attempts.size() == 1);
  CHECK(d.attempts[0].provider == provider);
  CHECK(d.attempts[0].started_at == f.clock().now());
  CHECK_FALSE(d.attempts[0].outcome);
  REQUIRE(d.history.size() == 2);
  CHECK(d.history[1].status == delivery_status::sending);
}

inline void start_is_guarded(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  auto key = what.deliveries[0].key;
  CHECK(started(f.bulk(), key, attempt_at(f.clock().now())));
  CHECK_FALSE(started(f.bulk(), key, attempt_at(f.clock().now(), 2)));
  CHECK_FALSE(started(f.bulk(), key + 99, attempt_at(f.clock().now())));
  CHECK(first_of(f.bulk(), what).attempts.size() == 1);
}

inline void start_is_of_the_next_attempt(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  finished(f.bulk(), what, delivery_status::queued, f.clock().now()); // a retry waits
  auto key = what.deliveries[0].key;
  CHECK_FALSE(started(f.bulk(), key, attempt_at(f.clock().now(), 1))); // read before it failed
  CHECK(first_of(f.bulk(), what).attempts.size() == 1);
  CHECK(started(f.bulk(), key, attempt_at(f.clock().now(), 2)));
}

inline void start_is_of_what_was_read(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  auto d = what.deliveries[0];
  d.due = f.clock().now() + 30s; // two had read it; one finds no room and puts it off
  move_to(d, delivery_status::scheduled, f.clock().now());
  REQUIRE(updated(f.bulk(), {d, delivery_status::queued, 0}).applied);
  CHECK_FALSE(started(f.bulk(), d.key, attempt_at(f.clock().now())));
  CHECK_FALSE(started(f.bulk(), d.key, attempt_at(f.clock().now()), *d.due + 1ms));
  CHECK(first_of(f.bulk(), what).attempts.empty());
  CHECK(started(f.bulk(), d.key, attempt_at(f.clock().now()), d.due));
}

inline void start_answers_what_began(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto a = kept(f.bulk(), make.make());
  auto b = kept(f.bulk(), make.make());
  started(f.bulk(), a.deliveries[0].key, attempt_at(f.clock().now()));
  auto began = must<std::vector<row_key>>([&](auto then) {
    f.bulk().start(
      {{a.deliveries[0].key, attempt_at(f.clock().now(), 2)}, {b.deliveries[0].key, attempt_at(f.clock().now())}},
      then);
  });
  CHECK(began == std::vector<row_key>{b.deliveries[0].key});
}

inline void update_is_written_whole(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  auto d = what.deliveries[0];
  started(f.bulk(), d.key, attempt_at(f.clock().now()));
  d = first_of(f.bulk(), what);
  d.attempts[0].outcome = outcome::retry;
  d.attempts[0].finished_at = f.clock().now();
  d.attempts[0].code = "503";
  d.attempts[0].detail = "not UTF-8: \xff";
  d.queue = "mail_b";
  d.due = f.clock().now() + 30s;
  d.provider_failures = 1;
  d.place = f.clock().now();
  move_to(d, delivery_status::queued, f.clock().now(), {"retry", "The provider was busy."});
  CHECK(updated(f.bulk(), {d, delivery_status::sending, 1}).applied);
  auto stored = first_of(f.bulk(), what);
  CHECK(stored.status == delivery_status::queued);
  CHECK(stored.queue == "mail_b");
  CHECK(stored.due == d.due);
  CHECK(stored.provider_failures == 1);
  CHECK(stored.place == d.place);
  CHECK(stored.attempts[0].outcome == outcome::retry);
  CHECK(stored.attempts[0].code == "503");
  CHECK(stored.attempts[0].detail == "not UTF-8: \xef\xbf\xbd");
  CHECK(stored.history.back().rule == "retry");
}

inline void update_is_guarded(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  auto done = finished(f.bulk(), what, delivery_status::sent, f.clock().now());
  auto late = done;
  late.status = delivery_status::queued;
  CHECK_FALSE(updated(f.bulk(), {late, delivery_status::sending, 1}).applied);
  late.status = delivery_status::delivered;
  CHECK_FALSE(updated(f.bulk(), {late, delivery_status::sent, 2}).applied);
  CHECK(first_of(f.bulk(), what).status == delivery_status::sent);
  CHECK(updated(f.bulk(), {late, delivery_status::sent, 1}).applied);
}

inline void update_is_legal(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  auto d = finished(f.bulk(), what, delivery_status::sent, f.clock().now());
  d.status = delivery_status::queued;
  auto answer = await<update_result>([&](auto then) { f.bulk().update({d, delivery_status::sent, 1}, then); });
  CHECK(answer.error().code == errc::internal_error);
  CHECK(first_of(f.bulk(), what).status == delivery_status::sent);
}

/// One delivery and two that wait for it.
inline acceptance first_then_standbys(store_fixture& f) {
  auto what = sample_maker{f, lane::bulk}.make("u_1", 3);
  for (std::size_t i : {1U, 2U}) {
    auto& d = what.deliveries[i];
    d.channel = i == 1 ? channel::sms : channel::push;
    d.history.clear();
    d.standby = true;
    move_to(d, delivery_status::scheduled, f.clock().now());
  }
  return kept(f.bulk(), what);
}

inline delivery_update ended(store_fixture& f, const acceptance& what, delivery_status as) {
  started(f.bulk(), what.deliveries[0].key, attempt_at(f.clock().now()));
  auto d = first_of(f.bulk(), what);
  move_to(d, as, f.clock().now());
  return {d, delivery_status::sending, 1};
}

inline void standbys_are_not_ready(store_fixture& f) {
  auto what = first_then_standbys(f);
  CHECK(keys_of(pulled_from(f.bulk(), f.clock().now() + 1000h).rows) == std::vector<row_key>{what.deliveries[0].key});
}

inline void failure_releases_next(store_fixture& f) {
  auto what = first_then_standbys(f);
  auto update = ended(f, what, delivery_status::failed);
  update.release_standby = true;
  auto answer = updated(f.bulk(), update);
  REQUIRE(answer.released.size() == 1);
  CHECK(answer.released[0].key == what.deliveries[1].key);
  CHECK(answer.released[0].user_id == "u_1");
  auto stored = found(f.bulk(), *what.n).deliveries;
  CHECK(stored[1].status == delivery_status::queued);
  CHECK_FALSE(stored[1].standby);
  CHECK(stored[1].history.back().rule == "routing.first");
  CHECK(stored[2].standby);
  CHECK(keys_of(pulled_from(f.bulk(), f.clock().now()).rows) == std::vector<row_key>{what.deliveries[1].key});
}

inline void channel_is_released_whole(store_fixture& f) {
  auto what = sample_maker{f, lane::bulk}.make("u_1", 4);
  for (std::size_t i : {2U, 3U}) {
    auto& d = what.deliveries[i];
    d.channel = channel::sms;
    d.history.clear();
    d.standby = true;
    move_to(d, delivery_status::scheduled, f.clock().now());
  }
  kept(f.bulk(), what);
  auto first = ended(f, what, delivery_status::failed);
  first.release_standby = true;
  CHECK(updated(f.bulk(), first).released.empty()); // its sibling on the same channel may still arrive
  started(f.bulk(), what.deliveries[1].key, attempt_at(f.clock().now()));
  auto d = found(f.bulk(), *what.n).deliveries[1];
  move_to(d, delivery_status::failed, f.clock().now());
  delivery_update second{d, delivery_status::sending, 1};
  second.release_standby = true;
  CHECK(updated(f.bulk(), second).released.size() == 2);
}

inline void success_cancels_standbys(store_fixture& f) {
  auto what = first_then_standbys(f);
  auto update = ended(f, what, delivery_status::sent);
  update.cancel_standby = true;
  CHECK(updated(f.bulk(), update).applied);
  auto stored = found(f.bulk(), *what.n).deliveries;
  CHECK(stored[1].status == delivery_status::cancelled);
  CHECK(stored[2].status == delivery_status::cancelled);
}

inline void refused_update_releases_none(store_fixture& f) {
  auto what = first_then_standbys(f);
  auto update = ended(f, what, delivery_status::failed);
  update.expected_attempts = 7;
  update.release_standby = true;
  auto answer = updated(f.bulk(), update);
  CHECK_FALSE(answer.applied);
  CHECK(answer.released.empty());
  CHECK(found(f.bulk(), *what.n).deliveries[1].standby);
}

inline void barrier_is_last(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  std::atomic<int> accepted = 0;
  for (int i = 0; i < 100; ++i)
    f.bulk().accept(make.make(), [&](result<receipt> r) { accepted += r ? 1 : 0; });
  must<ok_t>([&](auto then) { f.bulk().barrier(then); });
  CHECK(accepted == 100);
}

inline const std::vector<suite_case> all{
  {"a start is recorded with its attempt", start_is_recorded},
  {"what is being sent or is not there cannot be started", start_is_guarded},
  {"what was put off since it was read cannot be started", start_is_of_what_was_read},
  {"a start is refused for an attempt that was made already", start_is_of_the_next_attempt},
  {"a start answers only the keys that began", start_answers_what_began},
  {"an update writes the delivery whole", update_is_written_whole},
  {"an update of what has moved on writes nothing", update_is_guarded},
  {"an update may only make a legal move", update_is_legal},
  {"standbys are never ready", standbys_are_not_ready},
  {"a failure releases the next standby", failure_releases_next},
  {"a channel is released as a whole, once nothing of the one before may still arrive", channel_is_released_whole},
  {"a success cancels the standbys", success_cancels_standbys},
  {"an update that did not apply releases nothing", refused_update_releases_none},
  {"a barrier answers after everything before it", barrier_is_last},
};

} // namespace carillon::test::work_cases
