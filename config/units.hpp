// Durations as they stand in a configuration file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/vocabulary.hpp"

namespace carillon {

/// A whole number and one of the units ms, s, m, h, d: `250ms`, `30s`, `24h`.
/// Nothing where the text is something else or longer than 100 years.
std::optional<duration> parse_duration(std::string_view text);

/// The shortest text that `parse_duration` reads back; below 1 ms it is rounded.
std::string show_duration(duration value);

} // namespace carillon
