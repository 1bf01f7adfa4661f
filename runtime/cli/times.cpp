#include "runtime/cli/times.hpp"

#include <array>
#include <charconv>
#include <date/date.h>
#include <sstream>

#include "runtime/http/rfc3339.hpp"

namespace carillon::cli {
namespace {

using namespace std::chrono_literals;

struct unit {
  duration size;
  std::string_view one, many;
};

constexpr std::array<unit, 4> units{{
  {24h, "day", "days"},
  {1h, "h", "h"},
  {1min, "min", "min"},
  {1s, "s", "s"},
}};

std::optional<duration> parse_span(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  // A century at most, so that no multiplication overflows.
  if (error != std::errc{} || count < 0 || count > 3'153'600'000)
    return std::nullopt;
  if (suffix == "s")
    return std::chrono::seconds{count};
  if (suffix == "m")
    return std::chrono::minutes{count};
  if (suffix == "h")
    return std::chrono::hours{count};
  if (suffix == "d" && count <= 36'500)
    return std::chrono::days{count};
  return std::nullopt;
}

std::string one_decimal(double value) {
  std::ostringstream text;
  text.precision(1);
  text << std::fixed << value;
  return text.str();
}

} // namespace

std::optional<sys_time> parse_since(std::string_view text, sys_time now) {
  if (auto span = parse_span(text))
    return now - *span;
  return parse_rfc3339(text);
}

std::string date_and_time(sys_time at) {
  return date::format("%F %T UTC", date::floor<std::chrono::seconds>(at));
}

std::string time_of_day(sys_time at) {
  return date::format("%T", date::floor<std::chrono::milliseconds>(at));
}

std::string relative(sys_time at, sys_time now) {
  const bool ahead = at > now;
  const duration distance = ahead ? at - now : now - at;
  for (auto& u : units) {
    const auto count = distance / u.size;
    if (count == 0)
      continue;
    std::string text = std::to_string(count);
    text.append(" ").append(count == 1 ? u.one : u.many);
    return ahead ? "in " + text : text + " ago";
  }
  return "just now";
}

std::string span_of(duration took) {
  if (took < 1ms)
    return std::to_string(took.count()) + " µs";
  if (took < 1s)
    return std::to_string(took / 1ms) + " ms";
  if (took < 1min)
    return one_decimal(std::chrono::duration<double>{took}.count()) + " s";
  if (took < 1h)
    return std::to_string(took / 1min) + " min";
  return one_decimal(std::chrono::duration<double, std::ratio<3600>>{took}.count()) + " h";
}

} // namespace carillon::cli
