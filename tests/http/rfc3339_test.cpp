#include "runtime/http/rfc3339.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace carillon;
using std::chrono::hours, std::chrono::minutes, std::chrono::seconds, std::chrono::microseconds;
using std::chrono::sys_days, std::chrono::year, std::chrono::month, std::chrono::day;

namespace {

sys_time at(int y, unsigned m, unsigned d, int hour = 0, int minute = 0, int second = 0, int micros = 0) {
  return sys_time{sys_days{year{y} / month{m} / day{d}}.time_since_epoch() + hours{hour} + minutes{minute}
                  + seconds{second} + microseconds{micros}};
}

} // namespace

TEST_CASE("times of RFC 3339 are read to the microsecond") {
  struct row {
    std::string_view text;
    sys_time instant;
  };
  auto r =
    GENERATE(row{"1985-04-12T23:20:50.52Z", at(1985, 4, 12, 23, 20, 50, 520'000)},
             row{"1996-12-19T16:39:57-08:00", at(1996, 12, 20, 0, 39, 57)}, row{"1990-12-31T23:59:60Z", at(1991, 1, 1)},
             row{"1990-12-31T15:59:60-08:00", at(1991, 1, 1)}, row{"2024-02-29T00:00:00z", at(2024, 2, 29)},
             row{"2025-01-31t12:00:00+05:30", at(2025, 1, 31, 6, 30)},
             row{"2025-01-31T12:00:00.1234567899Z", at(2025, 1, 31, 12, 0, 0, 123'456)},
             row{"2025-01-31T12:00:00.000001Z", at(2025, 1, 31, 12, 0, 0, 1)},
             row{"2025-01-31T12:00:00-00:00", at(2025, 1, 31, 12)});
  CAPTURE(r.text);
  CHECK(parse_rfc3339(r.text) == r.instant);
}

TEST_CASE("what is no RFC 3339 time is refused") {
  auto text = GENERATE("", "2025", "2025-01-31", "2025-01-31 12:00:00Z", "2025-01-31T12:00:00", "2025-1-31T12:00:00Z",
                       "2025-02-29T12:00:00Z", "2025-13-01T12:00:00Z", "2025-00-01T12:00:00Z", "2025-01-00T12:00:00Z",
                       "2025-01-31T24:00:00Z", "2025-01-31T12:60:00Z", "2025-01-31T12:00:61Z", "2025-01-31T12:00Z",
                       "2025-01-31T12:00:00.Z", "2025-01-31T12:00:00,5Z", "2025-01-31T12:00:00+0200",
                       "2025-01-31T12:00:00+24:00", "2025-01-31T12:00:00+02:60", "2025-01-31T12:00:00Zx",
                       "1969-12-31T23:59:59Z", " 2025-01-31T12:00:00Z", "2025-01-31T12:00:00Z ", "yesterday");
  CAPTURE(text);
  CHECK_FALSE(parse_rfc3339(text));
}

TEST_CASE("times are written in UTC with no more digits than they need") {
  CHECK(format_rfc3339(at(2025, 1, 31, 1, 2, 3)) == "2025-01-31T01:02:03Z");
  CHECK(format_rfc3339(at(2025, 1, 31, 1, 2, 3, 4'000)) == "2025-01-31T01:02:03.004Z");
  CHECK(format_rfc3339(at(2025, 1, 31, 1, 2, 3, 4)) == "2025-01-31T01:02:03.000004Z");
  CHECK(format_rfc3339(at(9999, 12, 31, 23, 59, 59, 999'999)) == "9999-12-31T23:59:59.999999Z");
}

TEST_CASE("a time that was written is read back as the same instant") {
  for (auto micros : {0, 1, 999, 1'000, 123'456, 999'999}) {
    auto instant = at(2031, 7, 4, 5, 6, 7, micros);
    CHECK(parse_rfc3339(format_rfc3339(instant)) == instant);
  }
}
