#include "bench/fill/filler.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

const sys_time written_at = std::chrono::sys_days{std::chrono::year{2025} / 6 / 1} + 12h;

/// A delivered notification as an engine leaves it, of the person with that number.
notification_view delivered_to(const std::string& user) {
  auto n = std::make_shared<notification>();
  n->key = first_key_at(written_at);
  n->user_id = user;
  n->type = "bench";
  n->created_at = written_at;
  delivery d;
  d.key = n->key + 1;
  d.notification_key = n->key;
  d.user_id = user;
  d.status = delivery_status::delivered;
  d.queue = "vendor";
  auto& call = d.attempts.emplace_back();
  call.started_at = written_at + 1ms;
  call.finished_at = written_at + 3ms;
  d.history = {{delivery_status::sending, written_at + 1ms, {}, {}},
               {delivery_status::delivered, written_at + 3ms, {}, {}}};
  return {n, {d}};
}

fill::plan plan_of(std::uint64_t count) {
  fill::plan what;
  what.count = count;
  what.first = written_at - 240h;
  what.last = written_at - 1h;
  return what;
}

} // namespace

TEST_CASE("a copy keeps what its template says and has ids and instants of its own") {
  const auto like = delivered_to("u_0000001");
  fill::copier copies{{like}, plan_of(10), 0};
  const auto copy = copies.make(5);
  const auto& d = copy.deliveries.front();
  CHECK(copy.n->created_at == copies.instant_of(5));
  CHECK(copy.n->key == key_of(copy.n->id));
  CHECK(d.key == copy.n->key + 1);
  CHECK(d.notification_key == copy.n->key);
  CHECK(d.status == delivery_status::delivered);
  CHECK(d.attempts.front().started_at - copy.n->created_at == 1ms);
  CHECK(*d.attempts.front().finished_at - copy.n->created_at == 3ms);
  CHECK(d.history.back().at - copy.n->created_at == 3ms);
  CHECK(copy.claim.has_value());
}

TEST_CASE("copies are spread evenly over the span, in the order of their keys") {
  fill::copier copies{{delivered_to("u_0000001")}, plan_of(1000), 0};
  CHECK(copies.instant_of(0) == written_at - 240h);
  CHECK(copies.instant_of(500) == written_at - 240h + 7170min);
  row_key last = 0;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    const auto copy = copies.make(number);
    CHECK(copy.n->key > last);
    last = copy.deliveries.back().key;
  }
}

TEST_CASE("copies belong to many people, those who opted out to people who opted out") {
  fill::copier copies{{delivered_to("u_0000007"), delivered_to("u_0000010")}, plan_of(1000), 0};
  std::set<std::string> people;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    const auto copy = copies.make(number);
    CHECK(copy.n->user_id.size() == 9);
    CHECK((copy.n->user_id.back() == '0') == (number % 2 == 1));
    CHECK(copy.deliveries.front().user_id == copy.n->user_id);
    people.insert(copy.n->user_id);
  }
  CHECK(people.size() > 900);
}

TEST_CASE("send_at and due move together, by at most the spread") {
  auto like = delivered_to("u_0000001");
  auto scheduled = std::make_shared<notification>(*like.n);
  scheduled->send_at = written_at + 24h;
  like.n = scheduled;
  like.deliveries.front().due = scheduled->send_at;
  auto what = plan_of(100);
  what.due_spread = 1h;
  fill::copier copies{{like}, what, 0};
  std::set<sys_time> instants;
  for (std::uint64_t number = 0; number < 100; ++number) {
    const auto copy = copies.make(number);
    CHECK(copy.n->send_at == copy.deliveries.front().due);
    CHECK(*copy.n->send_at >= written_at + 24h);
    CHECK(*copy.n->send_at < written_at + 25h);
    instants.insert(*copy.n->send_at);
  }
  CHECK(instants.size() > 90);
}
