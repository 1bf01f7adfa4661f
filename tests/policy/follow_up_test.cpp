#include "actors/policy/follow_up.hpp"

#include <catch2/catch_test_macros.hpp>

#include "messages/transitions.hpp"
#include "tests/helpers/samples.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

constexpr auto now = start_of_tests;

struct follow_up_test {
  options config = two_providers();
  feature_settings settings;
  std::mt19937_64 random{1};
  report what;

  follow_up_test() {
    auto n = sample_notification();
    what.n = n;
    what.d = started_delivery(*n);
  }
  order_ptr after(outcome o) {
    what.d.attempts.back().outcome = o;
    return follow_up(config, settings, what, now, random);
  }
};

} // namespace

TEST_CASE_METHOD(follow_up_test, "every outcome is guarded by the attempt it belongs to and settles with who made it") {
  for (auto o : {outcome::accepted, outcome::retry, outcome::throttled, outcome::bad_address, outcome::bad_message,
                 outcome::bad_credentials, outcome::ambiguous}) {
    INFO(to_string(o));
    auto order = after(o);
    CHECK(order->update.expected == delivery_status::sending);
    CHECK(order->update.expected_attempts == 1);
    CHECK(order->settle_with == "first");
    CHECK(order->n == what.n);
    CHECK(may_move(delivery_status::sending, order->update.d.status));
    CHECK(order->update.d.history.back().status == order->update.d.status);
    CHECK_FALSE(order->update.d.history.back().rule.empty());
  }
}

TEST_CASE_METHOD(follow_up_test, "siblings wait for a success, and go on after an end without one") {
  struct row {
    outcome o;
    bool cancels, releases;
  };
  config.channels[channel::email].providers = {"first"};
  for (auto [o, cancels, releases] : {
         row{outcome::accepted, true, false},
         row{outcome::retry, false, false},
         row{outcome::ambiguous, false, false},
         row{outcome::bad_address, false, true},
         row{outcome::bad_message, false, true},
         row{outcome::bad_credentials, false, true},
       }) {
    INFO(to_string(o));
    auto order = after(o);
    CHECK(order->update.cancel_standby == cancels);
    CHECK(order->update.release_standby == releases);
  }
}

TEST_CASE_METHOD(follow_up_test, "only a dead address is put on the ledger") {
  CHECK(after(outcome::bad_address)->suppress_address);
  CHECK_FALSE(after(outcome::bad_message)->suppress_address);
}

TEST_CASE_METHOD(follow_up_test, "the next provider is the one after whoever made the attempt") {
  auto order = after(outcome::bad_message);
  CHECK(order->update.d.queue == "backup");
  CHECK(order->update.d.status == delivery_status::queued);
  CHECK(order->settle_with == "first");
  what.d.attempts.back().provider = "backup"; // queued for first, but first was blocked
  CHECK(after(outcome::bad_message)->update.d.status == delivery_status::failed);
}

TEST_CASE_METHOD(follow_up_test, "policies come from the type, the channel and the run-time settings") {
  SECTION("type") {
    config.types["note"].on_ambiguous = ambiguity_policy::hold;
    CHECK(after(outcome::ambiguous)->update.d.status == delivery_status::held);
    what.key_carried = true;
    CHECK(after(outcome::ambiguous)->update.d.status == delivery_status::queued);
  }
  SECTION("channel") {
    config.channels[channel::email].retry.initial_backoff = 7s;
    CHECK(after(outcome::retry)->update.d.due == now + 7s);
    config.channels[channel::email].fallback_after = 1;
    CHECK(after(outcome::retry)->update.d.queue == "backup");
  }
  SECTION("settings") {
    settings.retry[channel::email].max_attempts = 1;
    CHECK(after(outcome::retry)->update.d.status == delivery_status::dead_lettered);
  }
  SECTION("none of them") {
    config.channels.erase(channel::email);
    CHECK(after(outcome::retry)->update.d.status == delivery_status::queued);
  }
}

TEST_CASE_METHOD(follow_up_test,
                 "a success shows the rule that let it through, unless something else was decided since") {
  what.d.decision = {"preference.default", "Nothing speaks against it."};
  what.d.history.front().rule = what.d.decision.rule;
  CHECK(after(outcome::accepted)->update.d.decision.rule == "preference.default");
  CHECK(after(outcome::retry)->update.d.decision.rule == "outcome.retry");
  for (auto* since : {"outcome.ambiguous", "fallback", "redriven", "limit.per_user"}) {
    what.d.decision = {since, "It was late."};
    auto d = after(outcome::accepted)->update.d;
    CHECK(d.decision.rule == "outcome.accepted");
    CHECK(d.decision.reason == d.history.back().reason);
  }
}

TEST_CASE_METHOD(follow_up_test, "an attempt without an outcome is ambiguous") {
  auto order = follow_up(config, settings, what, now, random);
  CHECK(order->update.d.decision.rule == "outcome.ambiguous");
}

TEST_CASE_METHOD(follow_up_test, "taking back removes the attempt, waits if it has to, and says why") {
  what.d.attempts.insert(what.d.attempts.begin(), attempt{});
  what.not_before = now + 20s;
  what.not_attempted = {"endpoint.paused", "asked for it"};
  auto order = take_back(config, settings, what, now);
  auto& update = order->update;
  CHECK(update.d.attempts.size() == 1);
  CHECK(update.d.status == delivery_status::queued);
  CHECK(update.d.due == now + 20s);
  CHECK(update.d.history.back().rule == "endpoint.paused");
  CHECK(update.d.history.back().reason == "asked for it");
  CHECK(update.expected == delivery_status::sending);
  CHECK(update.expected_attempts == 2);
  CHECK(order->settle_with == "first");
  CHECK_FALSE(update.release_standby);
  CHECK_FALSE(update.cancel_standby);
}

namespace {

/// Work that is handed back over and over, as the store and the provider would.
struct hand_back_test : follow_up_test {
  hand_back_test() { what.d.history.push_back({delivery_status::sending, now, {}, {}}); }
  delivery_update hand_back(std::string_view rule, sys_time at) {
    what.not_attempted = {std::string{rule}, "for a reason"};
    what.not_before = at + 1s;
    auto update = take_back(config, settings, what, at)->update;
    if (update.d.status != delivery_status::queued)
      return update;
    what.d = update.d;
    what.d.attempts.emplace_back();
    move_to(what.d, delivery_status::sending, at);
    return update;
  }
};

} // namespace

TEST_CASE_METHOD(hand_back_test, "work that is handed back again and again has a history that does not grow") {
  for (int i = 0; i < 100; ++i) {
    auto d = hand_back(i % 2 == 0 ? "endpoint.busy" : provider_paused, now + i * 1s).d;
    CHECK(d.history.size() == 2);
    CHECK(d.status == delivery_status::queued);
  }
}

TEST_CASE_METHOD(hand_back_test,
                 "work waits for a failing endpoint as long as its retries would take, then it is dead") {
  config.channels[channel::email].retry = {
    .max_attempts = 3, .initial_backoff = 1min, .strategy = backoff_strategy::fixed};
  CHECK(hand_back(endpoint_failing, now).d.status == delivery_status::queued);
  CHECK(hand_back(endpoint_failing, now + 119s).d.status == delivery_status::queued);
  auto update = hand_back(endpoint_failing, now + 2min);
  CHECK(update.d.status == delivery_status::dead_lettered);
  CHECK(update.d.attempts.empty());
  CHECK(update.d.due == std::nullopt);
  CHECK(update.d.decision.rule == endpoint_failing);
  CHECK(update.d.decision.reason.find("for 2 min") != std::string::npos);
  CHECK(update.release_standby);
}

TEST_CASE_METHOD(hand_back_test, "work without retries still waits a minute for a failing endpoint") {
  config.channels[channel::email].retry.enabled = false;
  hand_back(endpoint_failing, now);
  CHECK(hand_back(endpoint_failing, now + 59s).d.status == delivery_status::queued);
  CHECK(hand_back(endpoint_failing, now + 60s).d.status == delivery_status::dead_lettered);
}

TEST_CASE_METHOD(hand_back_test,
                 "work waits for a busy endpoint without end, and its patience counts from the failure") {
  hand_back("endpoint.busy", now);
  CHECK(hand_back("endpoint.busy", now + 24h).d.status == delivery_status::queued);
  CHECK(hand_back(endpoint_failing, now + 25h).d.status == delivery_status::queued);
}

TEST_CASE_METHOD(follow_up_test, "an interrupted call may have been taken: it ends as ambiguous") {
  auto r = interrupted({what.n, what.d}, true, now);
  auto& a = r->d.attempts.back();
  CHECK(r->attempted);
  CHECK(r->key_carried);
  CHECK(a.outcome == outcome::ambiguous);
  CHECK(a.finished_at == now);
  CHECK(a.code == "interrupted");
  CHECK_FALSE(a.detail.empty());
}
