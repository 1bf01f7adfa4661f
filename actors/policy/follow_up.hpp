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

/// The report of a call that was on its way when the engine stopped: it may have
/// been taken, so it ends as ambiguous.
report_ptr interrupted(pulled row, bool key_carried, sys_time now);

/// Rules of work that was handed back: by a provider that may not call now, or
/// because the endpoint fails call after call. Others are `endpoint.` and a word.
inline constexpr std::string_view provider_paused = "provider.paused";
inline constexpr std::string_view endpoint_failing = "endpoint.failing";

/// Undoes the start of an attempt that was never made; it does not count. However
/// often that happens in a row, the history shows it once. What has waited for a
/// failing endpoint as long as all its retries would have taken, and a minute at
/// least, is dead-lettered: a dead endpoint's backlog must not grow without end.
order_ptr take_back(const options& config, const feature_settings& settings, const report& what, sys_time now);

} // namespace carillon
