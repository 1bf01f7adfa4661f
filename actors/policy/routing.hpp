// Which providers may serve what, in order. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"

namespace carillon {

/// The provider that serves every channel of test mode.
inline constexpr std::string_view test_provider = "test_sandbox";

/// Providers of a channel, in order; the sandbox alone in test mode.
std::vector<std::string> route_of(const options& config, channel on, mode m);

/// Providers that may serve a queue: itself and those after it in its channel's
/// list; empty where the configuration no longer knows it.
std::vector<std::string> route_from(const options& config, const std::string& queue);

} // namespace carillon
