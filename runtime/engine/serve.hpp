// `carillon serve`: the engine and its doors, from the first line to the last.
#pragma once

#include <functional>

#include "config/options.hpp"
#include "messages/ports.hpp"

namespace carillon {

class engine;

/// Runs until SIGTERM or SIGINT; a second one ends the process at once with 143.
/// Answers the exit code: 0 drained, 1 a lane gave up or the start failed.
int serve(const options& config);
/// The same on another clock, which outlives the call; `is_serving` is told once
/// the doors are open, and the engine stands until the call ends.
int serve(const options& config, const wall_clock& clock, const std::function<void(engine&)>& is_serving);

} // namespace carillon
