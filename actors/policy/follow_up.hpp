// From a report to the order that makes its outcome durable: gathers what the
// disposition rests on and turns its answer into the delivery as it shall be. Pure.
#pragma once

#include <random>

#include "actors/policy/disposition.hpp"
#include "config/options.hpp"
#include "messages/work.hpp"

namespace carillon {

/// What follows an attempt that was made.
order_ptr follow_up(const options& config, const feature_settings& settings, const report& what, sys_time now,
                    std::mt19937_64& random);

/// Undoes the start of an attempt that was never made; it does not count.
order_ptr take_back(const report& what, sys_time now);

} // namespace carillon
