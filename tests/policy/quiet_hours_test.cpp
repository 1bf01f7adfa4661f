#include "actors/policy/quiet_hours.hpp"

#include <catch2/catch_test_macros.hpp>
#include <date/date.h>
#include <sstream>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

constexpr unsigned monday = 1, friday = 1U << 4, saturday = 1U << 5, sunday = 1U << 6, every_day = 0x7f;

sys_time utc(const std::string& text) {
  std::istringstream in{text};
  sys_time when{};
  date::from_stream(in, "%FT%TZ", when);
  REQUIRE_FALSE(in.fail());
  return when;
}

quiet_window window_of(const char* start, const char* end, unsigned days = every_day, std::string zone = "") {
  return {.start_minute = minute_of_day(start).value(),
          .end_minute = minute_of_day(end).value(),
          .days = days,
          .time_zone = std::move(zone)};
}

/// The end as text, "not quiet" outside.
std::string until(const quiet_window& window, const char* now, const std::string& fallback = "UTC") {
  auto end = quiet_until(window, fallback, utc(now));
  return end ? date::format("%FT%TZ", std::chrono::floor<std::chrono::seconds>(*end)) : "not quiet";
}

} // namespace

TEST_CASE("a window within a day includes its start and excludes its end") {
  auto noon = window_of("12:00", "14:00");
  CHECK(until(noon, "2026-03-04T11:59:59Z") == "not quiet");
  CHECK(until(noon, "2026-03-04T12:00:00Z") == "2026-03-04T14:00:00Z");
  CHECK(until(noon, "2026-03-04T13:59:59Z") == "2026-03-04T14:00:00Z");
  CHECK(until(noon, "2026-03-04T14:00:00Z") == "not quiet");
}

TEST_CASE("a window that crosses midnight ends on the next day") {
  auto night = window_of("22:00", "08:00");
  CHECK(until(night, "2026-03-04T22:00:00Z") == "2026-03-05T08:00:00Z");
  CHECK(until(night, "2026-03-05T00:00:00Z") == "2026-03-05T08:00:00Z");
  CHECK(until(night, "2026-03-05T07:59:59Z") == "2026-03-05T08:00:00Z");
  CHECK(until(night, "2026-03-05T08:00:00Z") == "not quiet");
  CHECK(until(night, "2026-03-05T21:59:59Z") == "not quiet");
}

TEST_CASE("a window until midnight ends there") {
  CHECK(until(window_of("22:00", "00:00"), "2026-03-04T23:00:00Z") == "2026-03-05T00:00:00Z");
  CHECK(until(window_of("22:00", "00:00"), "2026-03-05T00:00:00Z") == "not quiet");
}

TEST_CASE("days are those on which a window starts") {
  auto friday_night = window_of("22:00", "08:00", friday); // 2026-03-06 is a Friday
  CHECK(until(friday_night, "2026-03-05T23:00:00Z") == "not quiet");
  CHECK(until(friday_night, "2026-03-06T02:00:00Z") == "not quiet");
  CHECK(until(friday_night, "2026-03-06T23:00:00Z") == "2026-03-07T08:00:00Z");
  CHECK(until(friday_night, "2026-03-07T02:00:00Z") == "2026-03-07T08:00:00Z");
  CHECK(until(friday_night, "2026-03-07T23:00:00Z") == "not quiet");
  CHECK(until(window_of("22:00", "08:00", sunday), "2026-03-09T02:00:00Z") == "2026-03-09T08:00:00Z");
  CHECK(until(window_of("22:00", "08:00", monday), "2026-03-09T02:00:00Z") == "not quiet");
  CHECK(until(window_of("22:00", "08:00", 0), "2026-03-06T23:00:00Z") == "not quiet");
}

TEST_CASE("the same start and end is a window of 24 hours") {
  auto saturdays = window_of("09:00", "09:00", saturday); // 2026-03-07 is a Saturday
  CHECK(until(saturdays, "2026-03-07T08:59:59Z") == "not quiet");
  CHECK(until(saturdays, "2026-03-07T09:00:00Z") == "2026-03-08T09:00:00Z");
  CHECK(until(saturdays, "2026-03-08T08:59:59Z") == "2026-03-08T09:00:00Z");
  CHECK(until(saturdays, "2026-03-08T09:00:00Z") == "not quiet");
}

TEST_CASE("the zone is the window's own, else the fallback, else UTC") {
  CHECK(until(window_of("22:00", "08:00", every_day, "Asia/Kolkata"), "2026-03-04T17:00:00Z", "Europe/Berlin")
        == "2026-03-05T02:30:00Z");
  CHECK(until(window_of("22:00", "08:00"), "2026-03-04T21:00:00Z", "Europe/Berlin") == "2026-03-05T07:00:00Z");
  CHECK(until(window_of("22:00", "08:00"), "2026-03-04T22:00:00Z", "") == "2026-03-05T08:00:00Z");
}

TEST_CASE("a zone the machine does not know counts as none") {
  CHECK(until(window_of("22:00", "08:00", every_day, "Moon/Base"), "2026-03-04T21:00:00Z", "Europe/Berlin")
        == "2026-03-05T07:00:00Z");
  CHECK(until(window_of("22:00", "08:00"), "2026-03-04T22:00:00Z", "Moon/Base") == "2026-03-05T08:00:00Z");
}

TEST_CASE("a night is an hour shorter in spring and longer in autumn") {
  auto night = window_of("22:00", "08:00", every_day, "Europe/Berlin");
  CHECK(until(night, "2025-03-29T21:00:00Z") == "2025-03-30T06:00:00Z");
  CHECK(until(night, "2025-03-29T20:59:59Z") == "not quiet");
  CHECK(until(night, "2025-10-25T20:00:00Z") == "2025-10-26T07:00:00Z");
  auto new_york = window_of("22:00", "08:00", every_day, "America/New_York");
  CHECK(until(new_york, "2025-03-09T03:00:00Z") == "2025-03-09T12:00:00Z");
  CHECK(until(new_york, "2025-11-02T02:00:00Z") == "2025-11-02T13:00:00Z");
}

TEST_CASE("a time that the zone skips is the first instant after the gap") {
  // Berlin, 2025-03-30: 02:00 CET becomes 03:00 CEST at 01:00 UTC.
  CHECK(until(window_of("22:00", "02:30", every_day, "Europe/Berlin"), "2025-03-30T00:30:00Z")
        == "2025-03-30T01:00:00Z");
  auto starts_in_gap = window_of("02:30", "04:00", every_day, "Europe/Berlin");
  CHECK(until(starts_in_gap, "2025-03-30T00:59:59Z") == "not quiet");
  CHECK(until(starts_in_gap, "2025-03-30T01:00:00Z") == "2025-03-30T02:00:00Z");
  CHECK(until(window_of("02:10", "02:50", every_day, "Europe/Berlin"), "2025-03-30T01:00:00Z") == "not quiet");
}

TEST_CASE("a time that occurs twice is the first of the two") {
  // Berlin, 2025-10-26: 03:00 CEST becomes 02:00 CET at 01:00 UTC; 02:30 is at 00:30 and 01:30.
  auto ends_twice = window_of("22:00", "02:30", every_day, "Europe/Berlin");
  CHECK(until(ends_twice, "2025-10-26T00:29:59Z") == "2025-10-26T00:30:00Z");
  CHECK(until(ends_twice, "2025-10-26T01:10:00Z") == "not quiet");
  auto starts_twice = window_of("02:30", "04:00", every_day, "Europe/Berlin");
  CHECK(until(starts_twice, "2025-10-26T00:30:00Z") == "2025-10-26T03:00:00Z");
  CHECK(until(starts_twice, "2025-10-26T01:10:00Z") == "2025-10-26T03:00:00Z");
}

TEST_CASE("half-hour changes are followed") {
  // Lord Howe, 2025-10-05: 02:00 +10:30 becomes 02:30 +11 at 15:30 UTC the day before.
  CHECK(until(window_of("22:00", "02:15", every_day, "Australia/Lord_Howe"), "2025-10-04T15:00:00Z")
        == "2025-10-04T15:30:00Z");
  CHECK(until(window_of("22:00", "08:00", every_day, "Australia/Lord_Howe"), "2025-10-04T15:00:00Z")
        == "2025-10-04T21:00:00Z");
}

TEST_CASE("a midnight that a zone skips is the hour after it") {
  // Sao Paulo, 2018-11-04: 00:00 -03 becomes 01:00 -02 at 03:00 UTC.
  CHECK(until(window_of("22:00", "00:00", every_day, "America/Sao_Paulo"), "2018-11-04T02:30:00Z")
        == "2018-11-04T03:00:00Z");
  CHECK(until(window_of("00:00", "06:00", sunday, "America/Sao_Paulo"), "2018-11-04T03:00:00Z")
        == "2018-11-04T08:00:00Z");
}

TEST_CASE("a day that a zone skips ends its windows where the next day begins") {
  // Apia had no 2011-12-30: 24:00 -10 on the 29th was 00:00 +14 on the 31st, at 10:00 UTC on the 30th.
  auto night = window_of("22:00", "08:00", every_day, "Pacific/Apia");
  CHECK(until(window_of("22:00", "08:00", 1U << 3, "Pacific/Apia"), "2011-12-30T09:00:00Z") == "2011-12-30T10:00:00Z");
  CHECK(until(night, "2011-12-30T10:00:00Z") == "2011-12-30T18:00:00Z"); // the skipped Friday's
  CHECK(until(night, "2011-12-30T18:00:00Z") == "not quiet");
  CHECK(until(window_of("22:00", "08:00", saturday, "Pacific/Apia"), "2011-12-30T10:00:00Z") == "not quiet");
}

TEST_CASE("a midnight that comes back begins the day once") {
  // St. John's, 2010-11-07: 00:01 NDT became 23:01 NST of the 6th, at 02:31 UTC.
  auto early = window_of("00:00", "06:00", sunday, "America/St_Johns");
  CHECK(until(early, "2010-11-07T02:30:00Z") == "2010-11-07T09:30:00Z");
  CHECK(until(early, "2010-11-07T02:40:00Z") == "2010-11-07T09:30:00Z"); // local clocks say Saturday again
}

TEST_CASE("daylight saving is known years ahead") {
  auto night = window_of("22:00", "08:00", every_day, "Europe/Berlin");
  CHECK(until(night, "2036-07-01T21:00:00Z") == "2036-07-02T06:00:00Z");
  CHECK(until(night, "2036-01-01T22:00:00Z") == "2036-01-02T07:00:00Z");
}

TEST_CASE("zones are IANA names in their exact spelling") {
  for (auto name : {"UTC", "Etc/UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Calcutta", "America/Argentina/Ushuaia"}) {
    CAPTURE(name);
    CHECK(is_time_zone(name));
  }
  for (auto name :
       {"", "europe/berlin", "Berlin", "+02:00", "localtime", "posixrules", "../../etc/passwd", "zone.tab"}) {
    CAPTURE(name);
    CHECK_FALSE(is_time_zone(name));
  }
}

TEST_CASE("a minute of the day is read from HH:MM and nothing else") {
  CHECK(minute_of_day("00:00") == 0);
  CHECK(minute_of_day("08:30") == 510);
  CHECK(minute_of_day("23:59") == 1439);
  for (auto text : {"", "8:30", "24:00", "12:60", "12-30", "12:3", "12:300", "ab:cd", "1a:00", "12:3x", "-1:00"}) {
    CAPTURE(text);
    CHECK_FALSE(minute_of_day(text));
  }
}

TEST_CASE("the operator's window applies where it is on") {
  quiet_options config;
  CHECK_FALSE(default_window(config));
  config.enabled = true;
  CHECK(default_window(config) == quiet_window{});
  config.start = "late";
  CHECK_FALSE(default_window(config));
}
