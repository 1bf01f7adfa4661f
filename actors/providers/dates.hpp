// Instants as the wire writes them. Pure; independent of the process's locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/vocabulary.hpp"

namespace carillon {

/// `Sat, 21 Nov 2026 07:25:18 +0000` (RFC 5322, section 3.3).
std::string mail_date(sys_time at);
/// `2026-11-21T07:25:18.250Z` (RFC 3339), milliseconds.
std::string json_date(sys_time at);
/// The three forms of an HTTP date (RFC 9110, section 5.6.7); a two-digit year
/// that lies more than 50 years after `now` is of the century before.
std::optional<sys_time> parse_http_date(std::string_view text, sys_time now);

} // namespace carillon
