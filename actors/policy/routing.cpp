#include "actors/policy/routing.hpp"

#include <algorithm>

namespace carillon {

std::vector<std::string> route_of(const options& config, channel on, mode m) {
  if (m == mode::test)
    return {std::string{test_provider}};
  auto found = config.channels.find(on);
  return found == config.channels.end() ? std::vector<std::string>{} : found->second.providers;
}

std::vector<std::string> route_from(const options& config, const std::string& queue) {
  if (queue == test_provider)
    return {queue};
  for (auto& [on, channel] : config.channels) {
    auto& names = channel.providers;
    if (auto at = std::find(names.begin(), names.end(), queue); at != names.end())
      return {at, names.end()};
  }
  return {};
}

} // namespace carillon
