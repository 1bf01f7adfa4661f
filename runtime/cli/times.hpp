// Instants and spans as people read and type them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/vocabulary.hpp"

namespace carillon::cli {

/// An instant as a person types it: RFC 3339, or a span before now (`90s`, `2h`, `7d`).
std::optional<sys_time> parse_since(std::string_view text, sys_time now);

/// `2026-05-01 12:00:03 UTC`.
std::string date_and_time(sys_time at);
/// `12:00:03.250`, UTC.
std::string time_of_day(sys_time at);
/// `just now`, `3 min ago`, `in 2 h`, `5 days ago`: the largest unit that fits, rounded down.
std::string relative(sys_time at, sys_time now);
/// `850 µs`, `12 ms`, `3.4 s`, `2 min`.
std::string span_of(duration took);

} // namespace carillon::cli
