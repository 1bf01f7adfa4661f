#include "actors/providers/dates.hpp"

#include <date/date.h>
#include <sstream>

namespace carillon {
namespace {

using seconds_time = date::sys_seconds;

std::optional<seconds_time> parse(std::string_view text, const char* format) {
  std::istringstream in{std::string{text}};
  in.imbue(std::locale::classic());
  seconds_time at;
  date::from_stream(in, format, at);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof())
    return std::nullopt;
  return at;
}

} // namespace

std::string mail_date(sys_time at) {
  return date::format(std::locale::classic(), "%a, %d %b %Y %T +0000", std::chrono::floor<std::chrono::seconds>(at));
}

std::string json_date(sys_time at) {
  return date::format(std::locale::classic(), "%FT%TZ", std::chrono::floor<std::chrono::milliseconds>(at));
}

std::optional<sys_time> parse_http_date(std::string_view text, sys_time now) {
  for (auto* format : {"%a, %d %b %Y %T GMT", "%a %b %e %T %Y"})
    if (auto at = parse(text, format))
      return sys_time{*at};
  auto at = parse(text, "%A, %d-%b-%y %T GMT");
  if (!at)
    return std::nullopt;
  auto day = std::chrono::floor<date::days>(*at);
  date::year_month_day civil{day};
  auto this_year = date::year_month_day{std::chrono::floor<date::days>(now)}.year();
  auto year = date::year{static_cast<int>(this_year) / 100 * 100 + static_cast<int>(civil.year()) % 100};
  if (year > this_year + date::years{50})
    year -= date::years{100};
  return sys_time{date::sys_days{year / civil.month() / civil.day()} + (*at - day)};
}

} // namespace carillon
