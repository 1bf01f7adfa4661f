#include "actors/providers/dates.hpp"

#include <algorithm>
#include <date/date.h>
#include <sstream>

namespace carillon {
namespace {

using seconds_time = date::sys_seconds;

/// In `shape` 0 is a digit, a a letter, _ a digit or a blank; the rest stands for itself.
/// The library reads only what has one: of a date without a time it makes no number.
bool has_shape(std::string_view text, std::string_view shape) {
  auto fits = [](char c, char wanted) {
    auto digit = c >= '0' && c <= '9';
    switch (wanted) {
    case '0': return digit;
    case '_': return digit || c == ' ';
    case 'a': return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    default: return c == wanted;
    }
  };
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), fits);
}

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
  for (auto [shape, format] : {std::pair{"aaa, 00 aaa 0000 00:00:00 GMT", "%a, %d %b %Y %T GMT"},
                               std::pair{"aaa aaa _0 00:00:00 0000", "%a %b %e %T %Y"}})
    if (has_shape(text, shape))
      if (auto at = parse(text, format))
        return sys_time{*at};
  if (!has_shape(text.substr(std::min(text.find(','), text.size())), ", 00-aaa-00 00:00:00 GMT"))
    return std::nullopt;
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
