#include <algorithm>

#include "actors/policy/disposition.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;
using enum delivery_status;

namespace {

constexpr sys_time now{std::chrono::sys_days{std::chrono::March / 4 / 2026}};

/// Attempt 2 of 5 at `first` came to an end; the tests change one thing each.
struct ended {
  delivery d;
  std::vector<std::string> route{"first", "second"};
  retry_options retry;
  std::optional<duration> retry_after;
  bool confirms = false, key_carried = false;
  ambiguity_policy on_ambiguous = ambiguity_policy::retry;

  ended() {
    retry.jitter = jitter_mode::none;
    retry.initial_backoff = 700ms;
    attempts(2, "first", "500");
  }
  ended& attempts(int count, const std::string& provider, const std::string& code) {
    d.attempts.resize(static_cast<std::size_t>(count));
    d.attempts.back().provider = provider;
    d.attempts.back().code = code;
    return *this;
  }
  disposition as(outcome what) {
    std::mt19937_64 random{1};
    return dispose({.d = d,
                    .what = what,
                    .retry_after = retry_after,
                    .confirms = confirms,
                    .key_carried = key_carried,
                    .on_ambiguous = on_ambiguous,
                    .retry = retry,
                    .fallback_after = 2,
                    .route = route,
                    .now = now},
                   random);
  }
};

void expect(const disposition& got, delivery_status status, const std::string& rule, const std::string& queue = "") {
  CAPTURE(got.why.rule, got.why.reason);
  CHECK(got.status == status);
  CHECK(got.why.rule == rule);
  CHECK(got.queue == queue);
}

} // namespace

TEST_CASE("what was accepted is sent, or delivered where the protocol confirms") {
  ended e;
  e.attempts(1, "first", "202");
  auto sent_ = e.as(outcome::accepted);
  expect(sent_, sent, "outcome.accepted");
  CHECK(sent_.why.reason == "first answered 202; it is sent");
  e.confirms = true;
  expect(e.as(outcome::accepted), delivered, "outcome.accepted");
}

TEST_CASE("a transient failure waits for backoff at the same provider") {
  ended e;
  auto got = e.as(outcome::retry);
  expect(got, queued, "outcome.retry", "first");
  CHECK(got.due == now + 1'400ms);
  CHECK(got.provider_failures == 1);
  CHECK(got.why.reason == "first answered 500; attempt 2 of 5; next try in 1.4 s");
}

TEST_CASE("the second failure at a provider moves to the next, after backoff") {
  ended e;
  e.d.provider_failures = 1;
  auto got = e.as(outcome::retry);
  expect(got, queued, "fallback", "second");
  CHECK(got.provider_failures == 0);
  CHECK(got.due == now + 1'400ms);
  CHECK(got.why.reason == "first answered 500; attempt 2 of 5; next try through second in 1.4 s");
}

TEST_CASE("the next provider is not held up by the last one's Retry-After") {
  ended e;
  e.retry_after = 5s;
  CHECK(e.as(outcome::retry).due == now + 5s);
  e.d.provider_failures = 1;
  CHECK(e.as(outcome::retry).due == now + 1'400ms);
}

TEST_CASE("the last provider stays the last") {
  ended e;
  e.attempts(4, "second", "500");
  e.d.provider_failures = 7;
  auto got = e.as(outcome::retry);
  expect(got, queued, "outcome.retry", "second");
  CHECK(got.provider_failures == 8);
}

TEST_CASE("used-up attempts end as a dead letter") {
  ended e;
  e.attempts(5, "first", "500");
  for (auto what : {outcome::retry, outcome::throttled, outcome::ambiguous})
    expect(e.as(what), dead_lettered, "retry.used_up");
  CHECK(e.as(outcome::retry).why.reason
        == "first answered 500; attempt 5 of 5 was the last one; it can be redriven from the dead letters");
  e.attempts(6, "first", "500"); // fewer are allowed than before
  expect(e.as(outcome::retry), dead_lettered, "retry.used_up");
}

TEST_CASE("a redriven delivery gets all its attempts again, and its backoff begins anew") {
  ended e;
  e.attempts(8, "first", "500").d.attempts_before = 7;
  auto got = e.as(outcome::retry);
  expect(got, queued, "outcome.retry", "first");
  CHECK(got.due == now + 700ms);
  CHECK(got.why.reason == "first answered 500; attempt 1 of 5; next try in 700 ms");
  e.attempts(12, "first", "500");
  expect(e.as(outcome::retry), dead_lettered, "retry.used_up");
}

TEST_CASE("with retries off the first attempt is the last") {
  ended e;
  e.retry.enabled = false;
  e.attempts(1, "first", "500");
  expect(e.as(outcome::retry), dead_lettered, "retry.used_up");
}

TEST_CASE("tiers wait as they stand, through a fallback too") {
  ended e;
  e.retry.strategy = backoff_strategy::tiers;
  e.attempts(1, "first", "500");
  CHECK(e.as(outcome::retry).due == now + 30s);
  e.attempts(2, "first", "500").d.provider_failures = 1;
  CHECK(e.as(outcome::retry).queue == "second");
  CHECK(e.as(outcome::retry).due == now + 2min);
  e.attempts(3, "second", "500");
  CHECK(e.as(outcome::retry).due == now + 10min);
  e.attempts(4, "second", "500");
  expect(e.as(outcome::retry), dead_lettered, "retry.used_up");
}

TEST_CASE("a throttle waits for Retry-After and is no failure of the provider") {
  ended e;
  e.d.provider_failures = 1;
  e.retry_after = 90s;
  auto got = e.as(outcome::throttled);
  expect(got, queued, "outcome.throttled", "first");
  CHECK(got.due == now + 90s);
  CHECK(got.provider_failures == 1);
}

TEST_CASE("a throttle longer than max_backoff moves to the next provider at once") {
  ended e;
  e.retry.max_backoff = 60s;
  e.retry_after = 60s;
  expect(e.as(outcome::throttled), queued, "outcome.throttled", "first");
  e.retry_after = 61s;
  auto got = e.as(outcome::throttled);
  expect(got, queued, "fallback", "second");
  CHECK_FALSE(got.due);
  CHECK(got.why.reason == "first answered 500; attempt 2 of 5; next try through second at once");
}

TEST_CASE("a long throttle of the last provider is waited for") {
  ended e;
  e.route = {"first"};
  e.retry_after = 3h;
  auto got = e.as(outcome::throttled);
  expect(got, queued, "outcome.throttled", "first");
  CHECK(got.due == now + 3h);
}

TEST_CASE("a message or account that is refused moves on at once") {
  for (auto what : {outcome::bad_message, outcome::bad_credentials}) {
    ended e;
    auto got = e.as(what);
    expect(got, queued, "fallback", "second");
    CHECK_FALSE(got.due);
    CHECK(got.provider_failures == 0);
  }
}

TEST_CASE("a message that the last provider refuses has failed, an account's letters are dead") {
  ended e;
  e.attempts(3, "second", "400");
  expect(e.as(outcome::bad_message), failed, "outcome.bad_message");
  expect(e.as(outcome::bad_credentials), dead_lettered, "outcome.bad_credentials");
}

TEST_CASE("used-up attempts leave no fallback") {
  ended e;
  e.attempts(5, "first", "400");
  expect(e.as(outcome::bad_message), failed, "outcome.bad_message");
  expect(e.as(outcome::bad_credentials), dead_lettered, "outcome.bad_credentials");
}

TEST_CASE("a dead address fails and is suppressed") {
  auto got = ended{}.as(outcome::bad_address);
  expect(got, failed, "outcome.bad_address");
  CHECK(got.suppress_address);
  CHECK_FALSE(ended{}.as(outcome::bad_message).suppress_address);
}

TEST_CASE("an ambiguous call is repeated at the same provider unless the policy holds it") {
  ended e;
  e.attempts(2, "first", "").d.provider_failures = 5;
  auto got = e.as(outcome::ambiguous);
  expect(got, queued, "outcome.ambiguous", "first");
  CHECK(got.why.reason == "first gave no answer after the message went out; attempt 2 of 5; next try in 1.4 s");
  e.on_ambiguous = ambiguity_policy::hold;
  expect(e.as(outcome::ambiguous), held, "ambiguous.hold");
  e.key_carried = true;
  expect(e.as(outcome::ambiguous), queued, "outcome.ambiguous", "first");
}

TEST_CASE("an ambiguous last attempt is held where the policy holds") {
  ended e;
  e.attempts(5, "first", "");
  e.on_ambiguous = ambiguity_policy::hold;
  expect(e.as(outcome::ambiguous), held, "ambiguous.hold");
}

TEST_CASE("a retry that would start at its expiry or later ends as expired") {
  ended e;
  e.d.expires_at = now + 1'400ms;
  auto got = e.as(outcome::retry);
  expect(got, expired, "expired");
  CHECK(got.why.reason == "first answered 500; the next try would not start before it expires at 2026-03-04T00:00:01Z");
  e.d.expires_at = now + 1'401ms;
  expect(e.as(outcome::retry), queued, "outcome.retry", "first");
  e.d.expires_at = now;
  expect(e.as(outcome::bad_message), expired, "expired");
}

TEST_CASE("a provider that has left the route gives way to the route's first") {
  ended e;
  e.attempts(2, "gone", "500");
  expect(e.as(outcome::retry), queued, "outcome.retry", "first");
  expect(e.as(outcome::bad_message), queued, "fallback", "first");
  e.route.clear();
  expect(e.as(outcome::retry), queued, "outcome.retry", "gone");
}

TEST_CASE("a code of our own explains, it is not quoted as an answer") {
  ended e;
  e.attempts(2, "first", "not_sent");
  CHECK(e.as(outcome::retry).why.reason == "first could not take it (not_sent); attempt 2 of 5; next try in 1.4 s");
  e.attempts(2, "first", "interrupted");
  CHECK(e.as(outcome::ambiguous).why.reason
        == "first gave no answer after the message went out (interrupted); attempt 2 of 5; next try in 1.4 s");
  e.attempts(2, "first", "550 5.1.1");
  CHECK(e.as(outcome::bad_address).why.reason
        == "first answered 550 5.1.1; the address is put on the suppression list");
}

TEST_CASE("every outcome has words of its own where the provider gave no code") {
  ended e;
  e.attempts(2, "first", "");
  std::vector<std::string> said;
  for (std::size_t i = 0; i < outcome_count; ++i) {
    auto reason = e.as(static_cast<outcome>(i)).why.reason;
    auto head = reason.substr(0, reason.find(';'));
    CHECK(head.starts_with("first "));
    CHECK(std::count(said.begin(), said.end(), head) == 0);
    said.push_back(head);
  }
}
