// Times as they stand in JSON: RFC 3339, section 5.6. Written in UTC with a `Z`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/vocabulary.hpp"

namespace carillon {

/// Reads `2025-01-31T23:59:60.123456+02:00`. `T` and `Z` in either case, any
/// number of fraction digits (past microseconds they are cut off), an offset is
/// required. A leap second (60) reads as the second after. Years 1970..9999.
std::optional<sys_time> parse_rfc3339(std::string_view text);

/// `2025-01-31T23:59:59Z`, with `.123` or `.123456` only where the instant has them.
std::string format_rfc3339(sys_time at);

} // namespace carillon
