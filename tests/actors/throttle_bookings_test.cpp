// What comes back: bookings that were not used, and all that a dry run debits.
#include <catch2/generators/catch_generators.hpp>

#include "tests/actors/throttle_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(throttle_test,
                 "what was booked comes back where it was not used: a replay, a failure, a death on the way") {
  config.limits.per_user = one_a_minute(over_limit::drop);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  auto used = placed();
  SECTION("given back") {
    used->booked.give_back();
  }
  SECTION("dropped on its way") {
    on_their_way.clear();
    used.reset();
  }
  run();
  send(subject, decide_atom_v, described(caller));
  auto next = placed();
  CHECK(next->deliveries[0].d.status == delivery_status::queued);
  next->booked.keep();
  on_their_way.clear();
  next.reset();
  run();
  send(subject, decide_atom_v, described(caller));
  CHECK(placed()->deliveries[0].d.status == delivery_status::suppressed);
}

TEST_CASE_METHOD(throttle_test, "stored work that is let go before its start costs nothing of its limits") {
  config.limits.per_user = one_a_minute(over_limit::drop);
  auto subject = ready();
  for (int round = 0; round < 3; ++round) { // the provider pauses again and again
    send(subject, decide_atom_v, stored_work());
    CHECK(dispatcher_peer.take<work_ptr>(place_atom_v)->d.place == start_of_tests);
    run();
  }
  send(subject, decide_atom_v, stored_work());
  dispatcher_peer.take<work_ptr>(place_atom_v)->booked.keep(); // started
  run();
  send(subject, decide_atom_v, stored_work());
  CHECK(recorded()->update.d.status == delivery_status::suppressed);
}

TEST_CASE_METHOD(throttle_test, "a dry run shows the limits, says what would happen and debits nothing") {
  config.limits.per_user = one_a_minute(over_limit::delay);
  auto subject = ready();
  auto explained = [&] {
    auto what = caller.dry_run();
    auto model = described(caller);
    what->n = model->n;
    what->deliveries = std::move(model->deliveries);
    send(subject, decide_atom_v, what);
    return placed();
  };
  for (int i = 0; i < 2; ++i) {
    auto what = explained();
    CHECK(what->deliveries[0].d.status == delivery_status::queued);
    REQUIRE(what->limits.size() == 1);
    REQUIRE(what->limits[0].size() == 1);
    CHECK(what->limits[0][0].name == "per_user");
    CHECK(what->limits[0][0].remaining == 1);
  }
  send(subject, decide_atom_v, described(caller));
  placed();
  auto what = explained();
  CHECK(what->deliveries[0].d.status == delivery_status::scheduled);
  CHECK(what->deliveries[0].d.due == start_of_tests + 1min);
  CHECK(what->limits[0][0].remaining == 0);
  CHECK(what->limits[0][0].resets_at == start_of_tests + 1min);
}

TEST_CASE_METHOD(throttle_test, "a dry run counts the request's own deliveries against each other, and costs nothing") {
  auto over = GENERATE(over_limit::delay, over_limit::drop, over_limit::reject);
  config.limits.per_user = one_a_minute(over);
  auto subject = ready();
  for (int round = 0; round < 2; ++round) {
    door other;
    auto what = other.dry_run();
    auto model = described(caller);
    what->n = model->n;
    for (int i = 0; i < 2; ++i) {
      auto& w = what->deliveries.emplace_back();
      w.n = what->n;
      w.d = model->deliveries[0].d;
    }
    send(subject, decide_atom_v, what);
    if (over == over_limit::reject) {
      REQUIRE(other.explanations().size() == 1);
      CHECK(other.explanations()[0].error().code == errc::rate_limited);
      continue;
    }
    auto shown = placed();
    CHECK(shown->deliveries[0].d.status == delivery_status::queued);
    CHECK(shown->deliveries[1].d.status
          == (over == over_limit::delay ? delivery_status::scheduled : delivery_status::suppressed));
    CHECK(shown->booked.own.empty());
  }
  CHECK_FALSE(watch.has("throttled per_user"));
}

TEST_CASE_METHOD(throttle_test, "a dry run of what a limit would refuse is refused as the request would be") {
  config.limits.per_user = one_a_minute(over_limit::reject);
  auto subject = ready();
  send(subject, decide_atom_v, described(caller));
  placed();
  door other;
  auto what = other.dry_run();
  auto model = described(caller);
  what->n = model->n;
  what->deliveries = std::move(model->deliveries);
  send(subject, decide_atom_v, what);
  REQUIRE(other.explanations().size() == 1);
  REQUIRE_FALSE(other.explanations()[0]);
  CHECK(other.explanations()[0].error().code == errc::rate_limited);
  CHECK(other.explanations()[0].error().retry_after == 1min);
  CHECK(other.explanations()[0].error().quota == 1);
}
