// When a person's quiet window ends. Local time by the system's IANA zones; a
// local time that a zone skips is the first instant after the gap, one that
// occurs twice is the first of the two. Pure.
#pragma once

#include <optional>
#include <string>

#include "messages/domain.hpp"

namespace carillon {

/// True where the name is an IANA zone this machine knows.
bool is_time_zone(const std::string& name);

/// The instant the window that contains `now` ends, or nothing outside of it.
/// Start inclusive, end exclusive; start == end is a window of 24 hours. The zone
/// is the window's own, else `fallback_zone`, else UTC.
std::optional<sys_time> quiet_until(const quiet_window& window, const std::string& fallback_zone, sys_time now);

} // namespace carillon
