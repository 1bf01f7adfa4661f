// What must hold after any attempt: every outcome with every policy, route,
// count and expiry.
#include <algorithm>

#include "actors/policy/disposition.hpp"
#include "messages/transitions.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;
using enum delivery_status;

namespace {

constexpr sys_time now{std::chrono::sys_days{std::chrono::March / 4 / 2026}};
const std::vector<std::vector<std::string>> routes{{}, {"a"}, {"a", "b"}, {"b", "a"}, {"b", "a", "c"}, {"b"}};

std::ptrdiff_t place_of(const std::vector<std::string>& route, const std::string& provider) {
  return std::find(route.begin(), route.end(), provider) - route.begin();
}

/// Where a next try may go: from `a` not back, from elsewhere to the first.
bool may_go(const std::vector<std::string>& route, const std::string& next) {
  auto on_route = place_of(route, "a") < std::ssize(route);
  if (!on_route)
    return next == (route.empty() ? "a" : route.front());
  auto steps = place_of(route, next) - place_of(route, "a");
  return place_of(route, next) < std::ssize(route) && (steps == 0 || steps == 1);
}

void check_queued(const disposition_input& in, const disposition& got) {
  CHECK(static_cast<int>(in.d.attempts.size()) < attempts_allowed(in.retry));
  CHECK(may_go(in.route, got.queue));
  CHECK(got.due.value_or(now) >= now);
  CHECK(got.due.value_or(now) < in.d.expires_at.value_or(sys_time::max()));
  CHECK(got.provider_failures >= 0);
  if (got.queue == "a" && in.what != outcome::bad_message && in.what != outcome::bad_credentials)
    CHECK(got.due.value_or(now) >= now + in.retry_after.value_or(0s));
  if (in.what == outcome::ambiguous && place_of(in.route, "a") < std::ssize(in.route))
    CHECK(got.queue == "a");
}

void check_ended(const disposition_input& in, const disposition& got) {
  CHECK(got.queue.empty());
  CHECK_FALSE(got.due);
  CHECK((got.status == held)
        == (in.what == outcome::ambiguous && in.on_ambiguous == ambiguity_policy::hold && !in.key_carried));
  CHECK((got.status == sent || got.status == delivered) == (in.what == outcome::accepted));
  if (got.status == expired)
    CHECK(in.d.expires_at.has_value());
  if (got.status == failed)
    CHECK((in.what == outcome::bad_address || in.what == outcome::bad_message));
}

void check(const disposition_input& in, const disposition& got) {
  CAPTURE(to_string(in.what), to_string(got.status), got.why.rule, got.why.reason, got.queue, in.d.attempts.size());
  CHECK(may_move(sending, got.status));
  CHECK(got.status != suppressed);
  CHECK(got.suppress_address == (in.what == outcome::bad_address));
  CHECK_FALSE(got.why.rule.empty());
  CHECK(got.why.reason.starts_with("a "));
  got.status == queued ? check_queued(in, got) : check_ended(in, got);
}

/// Every attempt that can end: counts, codes, failures and expiries.
std::vector<delivery> any_deliveries() {
  std::vector<delivery> all;
  for (int attempts = 1; attempts <= 4; ++attempts)
    for (int failures = 0; failures <= 2; ++failures)
      for (auto expires_in : {-1s, 1s, 100s, 10'000s}) {
        delivery d;
        d.attempts.resize(static_cast<std::size_t>(attempts));
        d.attempts.back().provider = "a";
        d.attempts.back().code = failures == 1 ? "503" : "";
        d.provider_failures = failures;
        if (expires_in != 10'000s)
          d.expires_at = now + expires_in;
        all.push_back(std::move(d));
      }
  return all;
}

/// Retry-After, retries and vendor in every mixture, for one delivery and outcome.
void check_all(const delivery& d, outcome what, test::seeded_random& random) {
  for (auto& route : routes)
    for (auto strategy : {backoff_strategy::exponential, backoff_strategy::fixed, backoff_strategy::tiers})
      for (std::optional<duration> after :
           {std::optional<duration>{}, std::optional<duration>{5s}, std::optional<duration>{2h}})
        for (int bits = 0; bits < 16; ++bits) {
          disposition_input in{.d = d, .what = what, .retry_after = after, .retry = {}, .route = route, .now = now};
          in.confirms = (bits & 1) != 0;
          in.key_carried = (bits & 2) != 0;
          in.on_ambiguous = (bits & 4) != 0 ? ambiguity_policy::hold : ambiguity_policy::retry;
          in.retry.enabled = (bits & 8) == 0;
          in.retry.max_attempts = 3;
          in.retry.strategy = strategy;
          check(in, dispose(in, random.engine()));
        }
}

} // namespace

TEST_CASE("whatever an attempt comes to, what follows is legal, bounded and explained") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (auto& d : any_deliveries())
    for (std::size_t what = 0; what < outcome_count; ++what)
      check_all(d, static_cast<outcome>(what), random);
}

TEST_CASE("a delivery that only ever fails ends after its attempts, having tried each provider in turn") {
  test::seeded_random random;
  INFO(random.seed_text());
  delivery d;
  std::string queue = "x";
  auto at = now;
  std::string order;
  for (int i = 0; i < 50; ++i) {
    d.attempts.emplace_back().provider = queue;
    order += queue;
    disposition_input in{
      .d = d, .what = outcome::retry, .retry_after = {}, .retry = {}, .route = {"x", "y"}, .now = at};
    in.retry.max_attempts = 6;
    auto next = dispose(in, random.engine());
    if (next.status == dead_lettered)
      break;
    REQUIRE(next.status == queued);
    queue = next.queue;
    d.provider_failures = next.provider_failures;
    at = next.due.value_or(at);
  }
  CHECK(order == "xxyyyy");
}
