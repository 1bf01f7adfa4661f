// `carillon serve`: the engine and its doors, from the first line to the last.
#pragma once

#include "config/options.hpp"

namespace carillon {

/// Runs until SIGTERM or SIGINT; a second one ends the process at once with 143.
/// Answers the exit code: 0 drained, 1 a lane gave up or the start failed.
int serve(const options& config);

} // namespace carillon
