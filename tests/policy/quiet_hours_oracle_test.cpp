// Quiet hours against brute force: the C library's own zone rules, minute by
// minute, around every kind of change a zone can make.
#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "actors/policy/quiet_hours.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

constexpr std::int64_t day_minutes = 1440, span_minutes = 10 * day_minutes;

/// Sets TZ for the C library while it lives.
class c_zone {
public:
  explicit c_zone(const std::string& name) {
    setenv("TZ", name.c_str(), 1);
    tzset();
  }
  ~c_zone() {
    unsetenv("TZ");
    tzset();
  }
  c_zone(const c_zone&) = delete;
  c_zone& operator=(const c_zone&) = delete;
};

/// Local clock of a zone, in minutes since 1970-01-01 00:00 local, at every
/// minute of a span of UTC.
class local_clock {
public:
  local_clock(const std::string& zone, std::int64_t first_minute) : first_(first_minute) {
    c_zone set{zone};
    for (std::int64_t i = 0; i < span_minutes; ++i) {
      std::time_t at = (first_ + i) * 60;
      std::tm parts{};
      localtime_r(&at, &parts);
      shown_.push_back(timegm(&parts) / 60);
      highest_.push_back(std::max(shown_.back(), highest_.empty() ? shown_.back() : highest_.back()));
    }
  }

  /// The first minute of UTC at which the clock has come to `local`, or past it by a gap.
  std::int64_t first_at(std::int64_t local) const {
    return first_ + (std::lower_bound(highest_.begin(), highest_.end(), local) - highest_.begin());
  }
  /// How far the clock jumped in all, in minutes: 0 where the zone made no change.
  std::int64_t jumped() const { return shown_.back() - shown_.front() - span_minutes + 1; }
  std::int64_t first_day() const { return shown_.front() / day_minutes; }

private:
  std::int64_t first_;
  std::vector<std::int64_t> shown_, highest_;
};

/// For every minute of the span, the end of the window it lies in, 0 for none.
std::vector<std::int64_t> quiet_minutes(const local_clock& clock, std::int64_t first, const quiet_window& window) {
  std::vector<std::int64_t> ends(static_cast<std::size_t>(span_minutes), 0);
  auto length = window.end_minute > window.start_minute ? 0 : 1;
  for (auto day = clock.first_day(); day < clock.first_day() + 13; ++day) {
    auto weekday = (day + 3) % 7; // 1970-01-01 was a Thursday; 0 is Monday
    if ((window.days >> weekday & 1U) == 0)
      continue;
    auto begins = clock.first_at(day * day_minutes + window.start_minute);
    auto end = clock.first_at((day + length) * day_minutes + window.end_minute);
    for (auto at = begins; at < end && at < first + span_minutes; ++at)
      ends[static_cast<std::size_t>(at - first)] = std::max(ends[static_cast<std::size_t>(at - first)], end);
  }
  return ends;
}

sys_time minute(std::int64_t since_epoch) {
  return sys_time{std::chrono::minutes{since_epoch}};
}

void compare(const std::string& zone, std::int64_t change_s, const quiet_window& window, const local_clock& clock) {
  auto first = change_s / 60 - span_minutes / 2;
  auto expected = quiet_minutes(clock, first, window);
  // The borders of the span are left out: windows there lie partly outside of it.
  for (auto i = 3 * day_minutes; i < span_minutes - 3 * day_minutes; ++i) {
    auto got = quiet_until(window, zone, minute(first + i) + std::chrono::seconds{i % 60});
    auto end = expected[static_cast<std::size_t>(i)];
    if (got != (end == 0 ? std::nullopt : std::optional{minute(end)})) {
      CAPTURE(zone, first + i, window.start_minute, window.end_minute, window.days, end);
      FAIL("quiet_until disagrees with the local clock");
    }
  }
}

quiet_window any_window(test::seeded_random& random) {
  quiet_window window;
  window.start_minute = static_cast<int>(random.between(0, 1439));
  window.end_minute = random.chance(0.1) ? window.start_minute : static_cast<int>(random.between(0, 1439));
  if (random.chance(0.5)) { // near midnight and the hours at which zones change
    window.start_minute = static_cast<int>(random.between(0, 200) + 1340) % 1440;
    window.end_minute = static_cast<int>(random.between(0, 240));
  }
  window.days = random.chance(0.5) ? 0x7f : static_cast<unsigned>(random.between(0, 0x7f));
  return window;
}

} // namespace

TEST_CASE("quiet hours agree with the local clock, minute by minute, around every change") {
  struct change {
    const char* zone;
    std::int64_t at; ///< of the change, in seconds since 1970
    std::int64_t by; ///< minutes the clock jumps
  };
  const change changes[]{
    {"Europe/Berlin", 1743296400, 60},        {"Europe/Berlin", 1761440400, -60},
    {"America/New_York", 1741503600, 60},     {"America/New_York", 1762063200, -60},
    {"Australia/Lord_Howe", 1743865200, -30}, {"Australia/Lord_Howe", 1759591800, 30},
    {"Asia/Kolkata", 1750000000, 0},          {"Pacific/Apia", 1325239200, 1440},
    {"America/Sao_Paulo", 1541300400, 60},    {"America/Sao_Paulo", 1550368800, -60},
    {"America/St_Johns", 1289097060, -60},    {"Antarctica/Troll", 1743296400, 120},
    {"Pacific/Kwajalein", 745934400, 1440},   {"UTC", 1743296400, 0},
  };
  test::seeded_random random;
  INFO(random.seed_text());
  for (auto& [zone, at, by] : changes) {
    local_clock clock{zone, at / 60 - span_minutes / 2};
    CAPTURE(zone);
    REQUIRE(clock.jumped() == by);
    for (int i = 0; i < 12; ++i)
      compare(zone, at, any_window(random), clock);
  }
}
