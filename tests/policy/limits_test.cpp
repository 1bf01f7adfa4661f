#include "actors/policy/limits.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/helpers/samples.hpp"
#include "tests/helpers/seed.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

constexpr auto now = start_of_tests;

delivery someone() {
  return sample_delivery(*sample_notification());
}

limit_options limit(double rate, over_limit over = over_limit::delay) {
  return {.rate = rate, .per = 1min, .burst = 0, .over = over};
}

std::vector<std::string> names_of(const std::vector<applied_limit>& limits) {
  std::vector<std::string> names;
  for (auto& l : limits)
    names.push_back(l.name);
  return names;
}

/// Every kind of limit at once, each with a rate of its own.
options all_limits() {
  auto config = two_providers();
  config.limits = {.global = limit(1), .per_user = limit(2), .per_user_channel = limit(3), .per_channel = limit(4)};
  config.types["note"].limit = limit(5);
  config.categories["transactional"].limits = limit(6);
  config.channels[channel::email].limits = limit(7);
  return config;
}

} // namespace

TEST_CASE("limits apply from the narrowest to the widest, people's apart from the lane's") {
  auto config = all_limits();
  feature_settings settings;
  settings.per_user_per_minute = 8;
  CHECK(names_of(limits_of(config, settings, someone(), "transactional", limit_owner::people))
        == std::vector<std::string>{"type", "category", "channel", "per_user_channel", "per_user",
                                    "throttle_per_user_per_minute"});
  CHECK(names_of(limits_of(config, settings, someone(), "transactional", limit_owner::lane))
        == std::vector<std::string>{"per_channel", "global"});
}

TEST_CASE("limits that are not configured, or have no rate, do not apply") {
  auto config = two_providers();
  CHECK(limits_of(config, {}, someone(), "transactional", limit_owner::people).empty());
  config.limits.per_user = limit(0);
  CHECK(limits_of(config, {}, someone(), "transactional", limit_owner::people).empty());
}

TEST_CASE("a bucket belongs to whom its limit concerns") {
  struct row {
    const char* what;
    void (*change)(delivery&);
    std::vector<std::string> shared; ///< limits whose bucket stays the same
  };
  auto config = all_limits();
  auto keys = [&](const delivery& d) {
    std::map<std::string, std::string> all;
    for (auto owner : {limit_owner::people, limit_owner::lane})
      for (auto& l : limits_of(config, {}, d, "transactional", owner))
        all[l.name] = l.key;
    return all;
  };
  auto before = keys(someone());
  for (auto& each : std::vector<row>{
         {"another person", [](delivery& d) { d.user_id = "u_2"; }, {"global", "per_channel"}},
         {"another channel", [](delivery& d) { d.channel = channel::sms; }, {"category", "global", "per_user", "type"}},
         {"another tenant", [](delivery& d) { d.space.tenant = "other"; }, {"global"}},
         {"test data", [](delivery& d) { d.space.mode = mode::test; }, {"global"}},
         {"another type",
          [](delivery& d) { d.type = "other"; },
          {"category", "channel", "global", "per_channel", "per_user", "per_user_channel"}},
       }) {
    INFO(each.what);
    auto d = someone();
    each.change(d);
    std::vector<std::string> shared;
    for (auto& [name, key] : keys(d))
      if (before[name] == key)
        shared.push_back(name);
    CHECK(shared == each.shared);
  }
}

TEST_CASE("what passes is debited everywhere") {
  bucket_table buckets{10};
  std::vector<debit> debits;
  std::vector<applied_limit> limits{{"a", "a", limit(1)}, {"b", "b", limit(2)}};
  CHECK(charge(buckets, limits, now, debits).what == limit_verdict::kind::pass);
  REQUIRE(debits.size() == 2);
  CHECK(debits[0].key == "a");
  CHECK(buckets.find("a")->remaining(limit(1), now) == 0);
  CHECK(buckets.find("b")->remaining(limit(2), now) == 1);
}

TEST_CASE("what is delayed waits for the slowest limit and has its place reserved") {
  bucket_table buckets{10};
  std::vector<debit> debits;
  std::vector<applied_limit> limits{{"slow", "slow", limit(1)}, {"quick", "quick", limit(60)}};
  charge(buckets, limits, now, debits);
  auto second = charge(buckets, limits, now, debits);
  CHECK(second.what == limit_verdict::kind::delay);
  CHECK(second.limit == "slow");
  CHECK(second.until == now + 1min);
  CHECK_FALSE(second.reason.empty());
  CHECK(charge(buckets, limits, now, debits).until == now + 2min);
}

TEST_CASE("what is dropped or rejected costs nothing, whichever limit says so") {
  for (auto [over, expected] : {std::pair{over_limit::drop, limit_verdict::kind::drop},
                                std::pair{over_limit::reject, limit_verdict::kind::reject}}) {
    bucket_table buckets{10};
    std::vector<debit> debits;
    std::vector<applied_limit> limits{{"delays", "delays", limit(60)}, {"refuses", "refuses", limit(1, over)}};
    charge(buckets, limits, now, debits);
    debits.clear();
    auto verdict = charge(buckets, limits, now, debits);
    CHECK(verdict.what == expected);
    CHECK(verdict.limit == "refuses");
    CHECK(verdict.until == now + 1min);
    CHECK(debits.empty());
    CHECK(buckets.find("delays")->remaining(limit(60), now) == 59);
  }
}

TEST_CASE("buckets are put back as they were, those that were not there too") {
  bucket_table buckets{10};
  std::vector<debit> debits;
  std::vector<applied_limit> limits{{"a", "a", limit(1)}, {"b", "b", limit(2)}};
  charge(buckets, {limits[0]}, now, debits);
  bucket_table::copies before;
  for (auto* key : {"a", "b", "a"})
    buckets.copy(key, before);
  for (int i = 0; i < 3; ++i)
    charge(buckets, limits, now, debits);
  buckets.put_back(before);
  CHECK(buckets.find("b") == nullptr);
  CHECK(buckets.find("a")->next(limits[0].limit, now) == now + 1min);
  CHECK(buckets.size() == 1);
}

TEST_CASE("a dry run is shown how every limit stands") {
  bucket_table buckets{10};
  std::vector<debit> debits;
  std::vector<applied_limit> limits{{"a", "a", limit(1)}, {"b", "b", limit(2)}};
  for (std::size_t used = 0; used < 2; ++used) {
    auto views = views_of(buckets, limits, now);
    REQUIRE(views.size() == 2);
    CHECK(views[0].name == "a");
    CHECK(views[0].remaining == 1 - used);
    CHECK(views[1].remaining == 2 - used);
    charge(buckets, limits, now, debits);
  }
}

TEST_CASE("history is needed for as long as the longest limit, and a minute at least") {
  auto config = two_providers();
  CHECK(longest_period(config) == 1min);
  auto longer = [&](std::optional<limit_options>& place) {
    place = limit_options{.rate = 1, .per = 2h};
    auto found = longest_period(config);
    place.reset();
    return found == 2h;
  };
  CHECK(longer(config.limits.global));
  CHECK(longer(config.limits.per_user));
  CHECK(longer(config.limits.per_user_channel));
  CHECK(longer(config.limits.per_channel));
  CHECK(longer(config.types["note"].limit));
  CHECK(longer(config.categories["reminder"].limits));
  CHECK(longer(config.channels[channel::sms].limits));
}

TEST_CASE("what two limits delay gets one instant, and a place at that instant in both") {
  bucket_table buckets{10};
  std::vector<debit> debits;
  applied_limit type{"type", "type", {.rate = 1, .per = 1h, .burst = 1}};
  applied_limit user{"user", "user", {.rate = 1, .per = 1min, .burst = 1}};
  charge(buckets, {type, user}, now, debits);
  CHECK(charge(buckets, {type, user}, now, debits).until == now + 1h);
  CHECK(debits.back().at == now + 1h);
  // Another kind for the same person neither waits for that hour nor comes too close to it.
  std::vector<sys_time> others;
  for (int i = 0; i < 60; ++i)
    others.push_back(charge(buckets, {user}, now, debits).until);
  CHECK(others.front() == now + 1min);
  CHECK(others[58] == now + 59min);
  CHECK(others[59] == now + 61min);
}

TEST_CASE("what has lost its place is never dropped: it waits") {
  for (auto over : {over_limit::drop, over_limit::reject}) {
    bucket_table buckets{10};
    std::vector<debit> debits;
    std::vector<applied_limit> limits{{"a", "a", limit(1, over)}};
    charge(buckets, limits, now, debits);
    auto verdict = charge(buckets, limits, now, debits, {.let_in = true});
    CHECK(verdict.what == limit_verdict::kind::delay);
    CHECK(verdict.until == now + 1min);
  }
}

namespace {

/// Places of one bucket, held against the bound by counting.
void hold_to(const limit_options& l, std::vector<sys_time> places) {
  std::sort(places.begin(), places.end());
  auto burst = std::max(1.0, l.burst > 0 ? l.burst : l.rate);
  for (std::size_t from = 0; from < places.size(); ++from)
    for (auto to = from; to < places.size(); ++to) {
      auto most = burst + l.rate * (places[to] - places[from]) / std::chrono::duration<double, std::micro>(l.per);
      if (static_cast<double>(to - from + 1) > most + 1e-6)
        FAIL(to - from + 1 << " places where " << most << " are allowed");
    }
}

/// A few limits over a few deliveries, lived through with refunds and restarts.
struct crowd {
  struct place {
    sys_time at;
    std::vector<debit> debits;
  };
  test::seeded_random& random;
  std::vector<applied_limit> all;
  bucket_table buckets{100};
  std::vector<place> places;
  sys_time at = now;
  duration longest{};

  explicit crowd(test::seeded_random& chance) : random(chance) {
    for (auto* name : {"a", "b", "c", "d"}) {
      limit_options l{.rate = random.real(0.5, 10),
                      .per = std::chrono::milliseconds{random.between(100, 20'000)},
                      .burst = random.chance(0.3) ? 0 : random.real(0.5, 6)};
      all.push_back({name, name, l});
      longest += std::chrono::ceil<duration>(std::chrono::duration<double, std::micro>(l.per) / l.rate);
    }
  }
  void send() {
    std::vector<applied_limit> some;
    for (auto& l : all)
      if (random.chance(0.5))
        some.push_back(l);
    place got;
    auto verdict = charge(buckets, some, at, got.debits);
    REQUIRE(verdict.until >= at);
    REQUIRE(verdict.until <= at + longest * static_cast<int>(places.size() + 1)); // nobody starves
    got.at = verdict.until;
    places.push_back(std::move(got));
  }
  void take_back() {
    auto& back = places[static_cast<std::size_t>(random.between(0, static_cast<int>(places.size()) - 1))];
    auto gone = [](auto& d) { return d.taken == time_taken{}; };
    if (back.at < at || std::any_of(back.debits.begin(), back.debits.end(), gone))
      return;
    for (auto& d : back.debits)
      buckets.refund(d.key, d.taken);
    std::swap(back, places.back());
    places.pop_back();
  }
  /// As after a stop of that length: what fell due meanwhile asks again.
  void restart(duration down) {
    auto died = at;
    at += down;
    buckets = bucket_table{100};
    std::sort(places.begin(), places.end(), [](auto& a, auto& b) { return a.at < b.at; });
    std::vector<place> late;
    for (auto& p : places)
      if (p.at > died && p.at < at)
        late.push_back(p);
    std::erase_if(places, [&](auto& p) { return p.at > died && p.at < at; });
    for (auto& p : places)
      for (auto& d : p.debits) {
        d.taken = {};
        buckets.book(d.key, d.terms, p.at, std::min(p.at, at));
      }
    for (auto& p : late) {
      std::vector<applied_limit> limits;
      for (auto& d : p.debits)
        limits.push_back({d.limit, d.key, d.terms});
      place again;
      again.at = charge(buckets, limits, at, again.debits, {.let_in = true}).until;
      places.push_back(std::move(again));
    }
  }
  void check() {
    for (auto& l : all) {
      std::vector<sys_time> used;
      for (auto& p : places)
        for (auto& d : p.debits)
          if (d.key == l.key)
            used.push_back(p.at);
      hold_to(l.limit, std::move(used));
    }
  }
};

} // namespace

TEST_CASE("whatever mix of limits, refunds and restarts: each limit holds, and nobody starves") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int run = 0; run < 300; ++run) {
    crowd all{random};
    for (int i = 0; i < 100; ++i) {
      all.at += duration{random.between(0, 500'000)};
      if (random.chance(0.8) || all.places.empty())
        all.send();
      else if (random.chance(0.8))
        all.take_back();
      else
        all.restart(std::chrono::milliseconds{random.between(0, 30'000)});
    }
    all.check();
  }
}
