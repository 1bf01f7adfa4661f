// When a person's quiet window ends. Local time by the system's IANA zones; a
// local time that a zone skips is the first instant after the gap, one that
// occurs twice is the first of the two. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/options.hpp"
#include "messages/domain.hpp"

namespace carillon {

/// True where the name is an IANA zone this machine knows, in its exact spelling.
bool is_time_zone(const std::string& name);

/// The instant the window that contains `now` ends, or nothing outside of it.
/// Start inclusive, end exclusive; start == end is a window of 24 hours. The zone
/// is the window's own, else `fallback_zone`, else UTC; a name the machine does not
/// know counts as none. Where windows meet (24 hours on two days), it is the end of
/// the first: ask again then. Zones follow daylight saving up to 2037.
std::optional<sys_time> quiet_until(const quiet_window& window, const std::string& fallback_zone, sys_time now);

/// Minutes since midnight of "HH:MM", 00:00 to 23:59, else nothing.
std::optional<int> minute_of_day(std::string_view text);

/// The operator's window for people who chose none; nothing where it is off or
/// its times cannot be read. It has no zone of its own.
std::optional<quiet_window> default_window(const quiet_options& config);

} // namespace carillon
