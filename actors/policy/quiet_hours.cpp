#include "actors/policy/quiet_hours.hpp"

#include <date/tz.h>
#include <stdexcept>

namespace carillon {
namespace {

using local_time = date::local_time<duration>;

const date::time_zone* find_zone(const std::string& name) {
  // "localtime" is a file of the machine, not a zone of the person.
  if (name.empty() || name == "localtime")
    return nullptr;
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr; // the library's only way to say that it does not know the name
  }
}

const date::time_zone* zone_of(const quiet_window& window, const std::string& fallback) {
  if (auto own = find_zone(window.time_zone))
    return own;
  return find_zone(fallback);
}

sys_time instant_of(local_time local, const date::time_zone* zone) {
  if (zone == nullptr)
    return sys_time{local.time_since_epoch()};
  auto info = zone->get_info(local);
  if (info.result == date::local_info::nonexistent)
    return info.second.begin;
  return sys_time{local.time_since_epoch() - info.first.offset};
}

local_time local_of(sys_time instant, const date::time_zone* zone) {
  return zone == nullptr ? local_time{instant.time_since_epoch()} : zone->to_local(instant);
}

bool starts_on(const quiet_window& window, date::local_days day) {
  return (window.days >> (date::weekday{day}.iso_encoding() - 1) & 1U) != 0;
}

} // namespace

bool is_time_zone(const std::string& name) {
  return find_zone(name) != nullptr;
}

std::optional<sys_time> quiet_until(const quiet_window& window, const std::string& fallback_zone, sys_time now) {
  auto zone = zone_of(window, fallback_zone);
  auto today = date::floor<date::days>(local_of(now, zone));
  auto length = date::days{window.end_minute > window.start_minute ? 0 : 1};
  // Windows never overlap, and none outlasts the day after its own. Tomorrow's has
  // begun already where a zone turned its clock back over midnight.
  for (auto day = today - date::days{1}; day <= today + date::days{1}; day += date::days{1}) {
    if (!starts_on(window, day))
      continue;
    auto begins = instant_of(day + std::chrono::minutes{window.start_minute}, zone);
    auto ends = instant_of(day + length + std::chrono::minutes{window.end_minute}, zone);
    if (begins <= now && now < ends)
      return ends;
  }
  return std::nullopt;
}

std::optional<int> minute_of_day(std::string_view text) {
  auto digit = [text](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 99; };
  if (text.size() != 5 || text[2] != ':')
    return std::nullopt;
  auto hour = digit(0) * 10 + digit(1), minute = digit(3) * 10 + digit(4);
  if (hour > 23 || minute > 59)
    return std::nullopt;
  return hour * 60 + minute;
}

std::optional<quiet_window> default_window(const quiet_options& config) {
  auto start = minute_of_day(config.start), end = minute_of_day(config.end);
  if (!config.enabled || !start || !end)
    return std::nullopt;
  return quiet_window{.start_minute = *start, .end_minute = *end, .time_zone = {}};
}

} // namespace carillon
