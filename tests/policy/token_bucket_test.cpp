#include <algorithm>
#include <cmath>

#include "actors/policy/token_bucket.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

constexpr sys_time start{std::chrono::sys_days{std::chrono::March / 1 / 2026}};

limit_options limit_of(double rate, duration per, double burst = 0) {
  limit_options limit;
  limit.rate = rate;
  limit.per = per;
  limit.burst = burst;
  return limit;
}

limit_options any_limit(test::seeded_random& random) {
  return limit_of(random.real(0.2, 200), std::chrono::milliseconds{random.between(100, 100'000)},
                  random.chance(0.2) ? 0 : random.real(0.1, 40));
}

/// The next place, taken.
sys_time reserve(token_bucket& bucket, const limit_options& limit, sys_time now) {
  auto at = bucket.next(limit, now);
  bucket.book(limit, at, now);
  return at;
}

/// The bound itself: no window of any length holds more than burst + rate * length.
void check_bound(const limit_options& limit, const std::vector<sys_time>& used) {
  auto burst = std::max(1.0, limit.burst > 0 ? limit.burst : limit.rate);
  auto per_micro = limit.rate / static_cast<double>(limit.per.count());
  for (std::size_t from = 0; from < used.size(); ++from)
    for (auto to = from; to < used.size(); ++to) {
      auto most = burst + per_micro * static_cast<double>((used[to] - used[from]).count());
      if (static_cast<double>(to - from + 1) > most + 1e-6)
        FAIL("tokens " << from << " to " << to << " exceed " << most);
    }
}

} // namespace

TEST_CASE("a full bucket gives its burst at once and then one a period") {
  token_bucket bucket;
  auto limit = limit_of(2, 1s, 3);
  for (int i = 0; i < 3; ++i)
    CHECK(bucket.take(limit, start));
  CHECK_FALSE(bucket.take(limit, start));
  CHECK(bucket.next(limit, start) == start + 500ms);
  CHECK_FALSE(bucket.take(limit, start + 500ms - 1us));
  CHECK(bucket.take(limit, start + 500ms));
  CHECK_FALSE(bucket.take(limit, start + 500ms));
}

TEST_CASE("a bucket fills up to its burst and no further") {
  token_bucket bucket;
  auto limit = limit_of(1, 1s, 2);
  CHECK(bucket.remaining(limit, start) == 2);
  CHECK(bucket.take(limit, start));
  CHECK(bucket.remaining(limit, start) == 1);
  CHECK(bucket.remaining(limit, start + 500ms) == 1.5);
  CHECK(bucket.full_at() == start + 1s);
  CHECK(bucket.remaining(limit, start + 1h) == 2);
}

TEST_CASE("without a burst the bucket holds one period's tokens, and never less than one") {
  CHECK(token_bucket{}.remaining(limit_of(5, 1min), start) == 5);
  CHECK(token_bucket{}.remaining(limit_of(0.5, 1min), start) == 1);
  CHECK(token_bucket{}.remaining(limit_of(5, 1min, 0.2), start) == 1);
  token_bucket bucket;
  CHECK(bucket.take(limit_of(0.5, 1min), start));
  CHECK(bucket.next(limit_of(0.5, 1min), start) == start + 2min);
}

TEST_CASE("a rate of zero is no limit") {
  token_bucket bucket;
  limit_options none;
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(bucket.take(none, start));
  CHECK(reserve(bucket, none, start) == start);
  CHECK(std::isinf(bucket.remaining(none, start)));
}

TEST_CASE("reservations past the limit are spaced evenly") {
  token_bucket bucket;
  auto limit = limit_of(4, 1s, 2);
  CHECK(reserve(bucket, limit, start) == start);
  CHECK(reserve(bucket, limit, start) == start);
  for (int i = 1; i <= 100; ++i)
    CHECK(reserve(bucket, limit, start) == start + i * 250ms);
  CHECK(bucket.remaining(limit, start) == 0);
}

TEST_CASE("a debit counts even past the limit") {
  token_bucket bucket;
  auto limit = limit_of(1, 1s, 2);
  for (int i = 0; i < 5; ++i)
    bucket.book(limit, start, start);
  CHECK(bucket.remaining(limit, start) == 0);
  CHECK(bucket.next(limit, start) == start + 4s);
}

TEST_CASE("history that is replayed restores the bucket") {
  auto limit = limit_of(3, 10s, 4);
  token_bucket lived, replayed;
  std::vector<sys_time> events;
  for (auto at : {0s, 1s, 1s, 9s, 12s, 14s})
    if (lived.take(limit, start + at))
      events.push_back(start + at);
  for (auto at : events)
    replayed.book(limit, at, at);
  CHECK(replayed.full_at() == lived.full_at());
}

TEST_CASE("a refund restores what was taken") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int run = 0; run < 500; ++run) {
    auto limit = any_limit(random);
    token_bucket bucket;
    for (auto n = random.between(0, 50); n > 0; --n)
      reserve(bucket, limit, start);
    auto next = bucket.next(limit, start);
    auto left = bucket.remaining(limit, start);
    bucket.refund(bucket.book(limit, next, start));
    REQUIRE(bucket.next(limit, start) == next);
    REQUIRE(bucket.remaining(limit, start) == left);
  }
}

TEST_CASE("no window ever holds more than the burst and its share of the rate") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int run = 0; run < 100; ++run) {
    auto limit = any_limit(random);
    auto pause =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(limit.per.count()) / limit.rate));
    CAPTURE(limit.rate, limit.per.count(), limit.burst);
    token_bucket bucket;
    auto now = start;
    std::vector<sys_time> used;
    for (int i = 0; i < 300; ++i) {
      now += duration{random.chance(0.1) ? random.between(0, 20 * pause) : random.between(0, pause)};
      if (random.chance(0.7) && bucket.take(limit, now))
        used.push_back(now);
    }
    check_bound(limit, used);
  }
}

TEST_CASE("reservations keep the bound too") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int run = 0; run < 50; ++run) {
    auto limit = any_limit(random);
    CAPTURE(limit.rate, limit.per.count(), limit.burst);
    token_bucket bucket;
    auto now = start;
    std::vector<sys_time> used;
    for (int i = 0; i < 200; ++i) {
      now += duration{random.between(0, limit.per.count() / 50)};
      used.push_back(reserve(bucket, limit, now));
      REQUIRE(used.back() >= now);
    }
    REQUIRE(std::is_sorted(used.begin(), used.end()));
    check_bound(limit, used);
  }
}

TEST_CASE("the next token is there when it was said, and not a microsecond before") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int run = 0; run < 200; ++run) {
    auto limit = any_limit(random);
    token_bucket bucket;
    auto now = start;
    for (int i = 0; i < 100; ++i) {
      now += duration{random.between(0, limit.per.count())};
      auto next = bucket.next(limit, now);
      if (next > now)
        REQUIRE_FALSE(bucket.take(limit, next - 1us));
      REQUIRE(bucket.take(limit, next));
      now = next;
    }
  }
}

TEST_CASE("a greedy caller gets the whole rate") {
  auto limit = limit_of(7, 1s, 1);
  token_bucket bucket;
  int taken = 0;
  for (auto now = start; now < start + 1000s; now = bucket.next(limit, now))
    taken += bucket.take(limit, now) ? 1 : 0;
  CHECK(taken >= 6'990);
  CHECK(taken <= 7'001);
}

TEST_CASE("extreme limits stay in range") {
  auto rare = limit_of(1e-9, std::chrono::days{3'650}, 1e9);
  auto dense = limit_of(1e9, 1ms, 1e9);
  token_bucket seldom, often;
  auto last = start;
  for (int i = 0; i < 10'000; ++i) {
    auto next = reserve(seldom, rare, start);
    REQUIRE(next >= last);
    last = next;
    REQUIRE(reserve(often, dense, start) >= start);
  }
  CHECK(last < sys_time{std::chrono::sys_days{std::chrono::January / 1 / 10'000}});
}

TEST_CASE("the least recently used bucket goes first") {
  bucket_table table{2};
  auto limit = limit_of(1, 1min);
  CHECK(table.at("a").take(limit, start));
  CHECK(table.at("b").take(limit, start));
  table.at("a");
  table.at("c");
  CHECK(table.size() == 2);
  CHECK(table.find("a") != nullptr);
  CHECK(table.find("b") == nullptr);
  CHECK(table.find("c") != nullptr);
  CHECK_FALSE(table.at("a").take(limit, start));
  CHECK(table.at("b").take(limit, start));
}

TEST_CASE("looking a bucket up does not keep it") {
  bucket_table table{2};
  table.at("a");
  table.at("b");
  CHECK(table.find("a") != nullptr);
  table.at("c");
  CHECK(table.find("a") == nullptr);
}

TEST_CASE("a table never outgrows its capacity and keeps what was used last") {
  test::seeded_random random;
  INFO(random.seed_text());
  bucket_table table{8};
  std::vector<std::string> recent; // newest last
  for (int i = 0; i < 5'000; ++i) {
    auto key = std::to_string(random.between(0, 20));
    table.at(key);
    std::erase(recent, key);
    recent.push_back(key);
    if (recent.size() > 8)
      recent.erase(recent.begin());
    REQUIRE(table.size() == recent.size());
    for (auto& kept : recent)
      REQUIRE(table.find(kept) != nullptr);
  }
}

TEST_CASE("a clock that is set back takes the bucket along instead of emptying it for as long") {
  token_bucket bucket;
  auto limit = limit_of(2, 1min, 2);
  CHECK(bucket.take(limit, start));
  CHECK(bucket.take(limit, start));
  CHECK_FALSE(bucket.take(limit, start));
  auto earlier = start - 24h;
  CHECK(bucket.next(limit, earlier) == earlier + 30s);
  CHECK_FALSE(bucket.take(limit, earlier));
  CHECK(bucket.take(limit, earlier + 30s));
  CHECK_FALSE(bucket.take(limit, earlier + 30s));
}

TEST_CASE("a place far ahead leaves the time before it to others") {
  token_bucket bucket;
  auto limit = limit_of(1, 1min, 1);
  bucket.book(limit, start + 1h, start);
  CHECK(bucket.gaps() == 1);
  CHECK(bucket.take(limit, start));
  CHECK(bucket.next(limit, start) == start + 1min);
  CHECK(bucket.next(limit, start + 59min) == start + 59min);
  CHECK(bucket.next(limit, start + 59min + 1us) == start + 61min);
  CHECK(bucket.full_at() == start + 61min);
}

TEST_CASE("with a burst a place may lie close before another") {
  token_bucket bucket;
  auto limit = limit_of(1, 1min, 2);
  bucket.book(limit, start + 10min, start);
  CHECK(bucket.next(limit, start + 9min + 30s) == start + 9min + 30s);
  bucket.book(limit, start + 9min + 30s, start);
  CHECK(bucket.next(limit, start + 9min + 30s) == start + 10min + 30s);
}

TEST_CASE("a refund gives back its own place, and none that was given since") {
  token_bucket bucket;
  auto limit = limit_of(1, 1min, 1);
  auto first = bucket.book(limit, start, start);
  CHECK(reserve(bucket, limit, start) == start + 1min);
  bucket.refund(first);
  CHECK(bucket.take(limit, start));
  CHECK(bucket.next(limit, start) == start + 2min);
}

TEST_CASE("a refund of what is past, or of nothing, changes nothing") {
  token_bucket bucket;
  auto limit = limit_of(1, 1min, 1);
  auto first = bucket.book(limit, start, start);
  CHECK(bucket.take(limit, start + 5min));
  bucket.refund(first);
  bucket.refund(time_taken{});
  CHECK(bucket.next(limit, start + 5min) == start + 6min);
}

TEST_CASE("places at any instants, taken and given back, keep the bound") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int run = 0; run < 200; ++run) {
    auto limit = any_limit(random);
    CAPTURE(limit.rate, limit.per.count(), limit.burst);
    token_bucket bucket;
    auto now = start;
    std::vector<std::pair<sys_time, time_taken>> places;
    for (int i = 0; i < 150; ++i) {
      now += duration{random.between(0, limit.per.count() / 50)};
      auto wanted = now + duration{random.chance(0.5) ? 0 : random.between(0, 3 * limit.per.count())};
      auto at = bucket.next(limit, wanted);
      REQUIRE(at >= wanted);
      places.emplace_back(at, bucket.book(limit, at, now));
      if (auto& back = places[static_cast<std::size_t>(random.between(0, static_cast<int>(places.size()) - 1))];
          random.chance(0.2) && back.first >= now && back.second != time_taken{}) {
        bucket.refund(back.second);
        std::swap(back, places.back());
        places.pop_back();
      }
    }
    std::vector<sys_time> used;
    for (auto& [at, taken] : places)
      used.push_back(at);
    std::sort(used.begin(), used.end());
    check_bound(limit, used);
  }
}

TEST_CASE("there is room as early as can be") {
  // With one at a time the answer is plain: the first instant with an interval free.
  test::seeded_random random;
  INFO(random.seed_text());
  auto limit = limit_of(1, 10us, 1);
  for (int run = 0; run < 200; ++run) {
    token_bucket bucket;
    std::vector<sys_time> used;
    for (int i = 0; i < 20; ++i) {
      auto from = start + duration{random.between(0, 200)};
      auto right = from;
      auto collides = [&](sys_time other) { return std::chrono::abs(other - right) < 10us; };
      while (std::any_of(used.begin(), used.end(), collides))
        right += 1us;
      REQUIRE(bucket.next(limit, from) == right);
      bucket.book(limit, right, start);
      used.push_back(right);
    }
  }
}

TEST_CASE("past its bound of gaps a table takes the next free time") {
  bucket_table table{10};
  auto limit = limit_of(1, 1ms, 1);
  for (std::size_t i = 0; i <= bucket_table::most_gaps; ++i)
    table.book("a", limit, start + 10ms * static_cast<int>(i + 1), start);
  CHECK(table.find("a")->gaps() == bucket_table::most_gaps);
  CHECK(table.find("a")->next(limit, start) == start + 1ms);
}
