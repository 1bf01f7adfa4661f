// Instants and waits as they stand in the reasons that people read.
#pragma once

#include <string>

#include "messages/vocabulary.hpp"

namespace carillon {

/// RFC 3339 in UTC, whole seconds: "2025-03-30T01:00:00Z".
std::string instant_text(sys_time when);

/// The two largest units: "350 ms", "1.4 s", "2 min", "1 h 5 min", "3 d 2 h".
/// Below a millisecond: "0 ms". Rounded down.
std::string wait_text(duration wait);

} // namespace carillon
