#include <algorithm>
#include <array>
#include <set>

#include "messages/transitions.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using enum delivery_status;

namespace {

using statuses = std::set<delivery_status>;

const statuses unfinished{scheduled, queued, sending, held};
const statuses terminal{delivered, suppressed, expired, cancelled, failed, bounced, dead_lettered};

/// Every state that can be reached by legal moves, itself apart.
statuses reachable(delivery_status from) {
  statuses seen;
  std::vector<delivery_status> open{from};
  while (!open.empty()) {
    auto at = open.back();
    open.pop_back();
    for (auto next : row_of(at).next)
      if (seen.insert(next).second)
        open.push_back(next);
  }
  return seen;
}

delivery in_state(delivery_status status, bool attempted = false, bool read = false) {
  delivery d;
  d.status = status;
  if (attempted)
    d.attempts.emplace_back();
  if (read)
    d.engagement = engagement::read;
  return d;
}

} // namespace

TEST_CASE("the table has one row a state, in the order of the enum") {
  auto table = status_table();
  REQUIRE(table.size() == delivery_status_count);
  for (std::size_t i = 0; i < table.size(); ++i)
    CHECK(table[i].status == static_cast<delivery_status>(i));
}

TEST_CASE("may_move agrees with the table for every pair") {
  for (auto& from : status_table())
    for (auto& to : status_table()) {
      CAPTURE(to_string(from.status), to_string(to.status));
      auto listed = std::count(from.next.begin(), from.next.end(), to.status);
      CHECK(listed <= 1);
      CHECK(may_move(from.status, to.status) == (listed == 1));
    }
}

TEST_CASE("states are unfinished, terminal, or sent") {
  for (auto& row : status_table()) {
    CAPTURE(to_string(row.status));
    CHECK(row.unfinished == unfinished.contains(row.status));
    CHECK(row.terminal == terminal.contains(row.status));
    CHECK(is_unfinished(row.status) == row.unfinished);
  }
  CHECK_FALSE(row_of(sent).unfinished);
  CHECK_FALSE(row_of(sent).terminal);
}

TEST_CASE("nothing leaves a terminal state but a late receipt and a redrive") {
  for (auto from : terminal)
    for (auto to : row_of(from).next) {
      CAPTURE(to_string(from), to_string(to));
      auto late_receipt = to == delivered || to == bounced;
      auto redrive = from == dead_lettered && to == queued;
      CHECK((late_receipt || redrive));
    }
}

TEST_CASE("a person's choice, expiry and the sender's word are final") {
  for (auto end : {suppressed, expired, cancelled, bounced})
    CHECK(row_of(end).next.empty());
}

TEST_CASE("every unfinished state can reach every end that a delivery may have") {
  for (auto from : unfinished) {
    auto ends = reachable(from);
    for (auto end : {sent, delivered, suppressed, expired, cancelled, failed, bounced, dead_lettered}) {
      CAPTURE(to_string(from), to_string(end));
      CHECK(ends.contains(end));
    }
  }
}

TEST_CASE("nothing is sent that was not sending or held before") {
  for (auto& row : status_table())
    if (std::count(row.next.begin(), row.next.end(), sent) > 0)
      CHECK((row.status == sending || row.status == held));
}

TEST_CASE("what is on the wire is never cancelled") {
  CHECK_FALSE(may_move(sending, cancelled));
  CHECK_FALSE(may_move(sent, cancelled));
}

TEST_CASE("a random walk by move_to keeps a legal history") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int walk = 0; walk < 500; ++walk) {
    delivery d;
    move_to(d, random.chance(0.5) ? queued : scheduled, sys_time{});
    for (int step = 0; step < 40 && !row_of(d.status).next.empty(); ++step) {
      auto& next = row_of(d.status).next;
      move_to(d, next[random.index(next.size())], sys_time{std::chrono::seconds{step}});
    }
    for (std::size_t i = 1; i < d.history.size(); ++i)
      REQUIRE(may_move(d.history[i - 1].status, d.history[i].status));
    REQUIRE(d.history.back().status == d.status);
  }
}

TEST_CASE("words are those that readers were promised") {
  std::set<std::string_view> kafka;
  for (auto& row : status_table()) {
    CAPTURE(to_string(row.status));
    CHECK(to_string(row.status) != "unknown");
    if (row.status != queued) // it shares PROCESSING with sending
      CHECK(kafka.insert(row.kafka).second);
    if (row.terminal && row.status != delivered)
      CHECK(row.older == "failed");
  }
  CHECK(row_of(held).older == "processing");
  CHECK(row_of(scheduled).older == "accepted");
  CHECK(row_of(dead_lettered).notification == "failed");
  CHECK(row_of(bounced).notification == "failed");
}

TEST_CASE("queued after an attempt is retrying to readers") {
  CHECK(shown_status(in_state(queued)) == "queued");
  CHECK(shown_status(in_state(queued, true)) == "retrying");
  CHECK(shown_status(in_state(sending, true)) == "sending");
  CHECK(shown_status(in_state(sent, true)) == "sent");
}

TEST_CASE("one delivery gives the notification its word") {
  struct row {
    delivery d;
    std::string_view word;
  };
  for (auto& [d, word] : {row{in_state(scheduled), "scheduled"}, row{in_state(queued), "processing"},
                          row{in_state(queued, true), "retrying"}, row{in_state(sending, true), "processing"},
                          row{in_state(held, true), "held"}, row{in_state(sent, true), "sent"},
                          row{in_state(sent, true, true), "read"}, row{in_state(delivered, true), "delivered"},
                          row{in_state(delivered, true, true), "read"}, row{in_state(suppressed), "suppressed"},
                          row{in_state(expired), "expired"}, row{in_state(cancelled), "cancelled"},
                          row{in_state(failed), "failed"}, row{in_state(failed, true, true), "failed"},
                          row{in_state(bounced, true), "failed"}, row{in_state(dead_lettered, true), "failed"}}) {
    CAPTURE(to_string(d.status), word);
    CHECK(notification_status(std::array{d}) == word);
  }
  CHECK(notification_status({}) == "accepted");
}

TEST_CASE("a standby says nothing while its sibling does") {
  auto standby = in_state(scheduled);
  standby.standby = true;
  CHECK(notification_status(std::array{in_state(sent, true), standby}) == "sent");
  CHECK(notification_status(std::array{standby}) == "accepted");
  standby.status = queued;
  CHECK(notification_status(std::array{in_state(failed, true), standby}) == "processing");
}

TEST_CASE("the notification's word is the most telling of its deliveries, in any order") {
  test::seeded_random random;
  INFO(random.seed_text());
  const std::vector<std::string_view> telling{"processing", "retrying",  "held",      "scheduled",
                                              "read",       "delivered", "sent",      "failed",
                                              "expired",    "cancelled", "suppressed"};
  for (int i = 0; i < 5'000; ++i) {
    std::vector<delivery> all;
    std::set<std::string_view> words;
    for (auto n = random.between(1, 8); n > 0; --n) {
      all.push_back(in_state(static_cast<delivery_status>(random.index(delivery_status_count)), random.chance(0.5),
                             random.chance(0.3)));
      words.insert(notification_status(std::array{all.back()}));
    }
    auto expected = std::find_if(telling.begin(), telling.end(), [&](auto word) { return words.contains(word); });
    REQUIRE(expected != telling.end());
    REQUIRE(notification_status(all) == *expected);
  }
}
