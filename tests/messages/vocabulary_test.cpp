#include <set>

#include "messages/vocabulary.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

/// Every value up to `last` has a word of its own that parses back to it.
template <class T, class Parse>
void round_trip(T last, Parse parse) {
  std::set<std::string_view> seen;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    auto value = static_cast<T>(i);
    auto word = to_string(value);
    CAPTURE(i, word);
    CHECK(word != "unknown");
    CHECK(seen.insert(word).second);
    CHECK(parse(word) == value);
  }
  CHECK(to_string(static_cast<T>(static_cast<int>(last) + 1)) == "unknown");
}

} // namespace

TEST_CASE("every word parses back to its value") {
  round_trip(lane::bulk, parse_lane);
  round_trip(priority::low, parse_priority);
  round_trip(mode::test, parse_mode);
  round_trip(channel::in_app, parse_channel);
  round_trip(delivery_status::dead_lettered, parse_delivery_status);
  round_trip(outcome::ambiguous, parse_outcome);
  round_trip(engagement::archived, parse_engagement);
  round_trip(ambiguity_policy::hold, parse_ambiguity_policy);
  round_trip(over_limit::reject, parse_over_limit);
  round_trip(breaker_order::closed, parse_breaker_order);
  round_trip(routing::first, parse_routing);
  round_trip(scope::admin, parse_scope);
  round_trip(suppression_cause::manual, parse_suppression_cause);
}

TEST_CASE("a breaker's states have words of their own") {
  CHECK(to_string(breaker_state::closed) == "closed");
  CHECK(to_string(breaker_state::open) == "open");
  CHECK(to_string(breaker_state::half_open) == "half_open");
}

TEST_CASE("other spellings are not words") {
  for (auto text : {"", "unknown", "Email", "EMAIL", " email", "email ", "e-mail"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_channel(text));
  }
}

TEST_CASE("counts and lists cover their enums") {
  CHECK(delivery_status_count == static_cast<std::size_t>(delivery_status::dead_lettered) + 1);
  CHECK(outcome_count == static_cast<std::size_t>(outcome::ambiguous) + 1);
  CHECK(all_channels.size() == static_cast<std::size_t>(channel::in_app) + 1);
  CHECK(std::set(all_channels.begin(), all_channels.end()).size() == all_channels.size());
}

TEST_CASE("critical and high travel in the critical lane, the others in bulk") {
  CHECK(lane_of(priority::critical) == lane::critical);
  CHECK(lane_of(priority::high) == lane::critical);
  CHECK(lane_of(priority::medium) == lane::bulk);
  CHECK(lane_of(priority::low) == lane::bulk);
}
