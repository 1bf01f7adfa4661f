// The parts of `validate`, one function a group of sections.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/validate.hpp"

namespace carillon::conf {

/// Collects what the checks find.
class findings {
public:
  void error(std::string key, std::string message, std::string remedy) {
    add(std::move(key), std::move(message), std::move(remedy), severity::error);
  }
  void warn(std::string key, std::string message, std::string remedy) {
    add(std::move(key), std::move(message), std::move(remedy), severity::warning);
  }
  std::vector<config_problem> take() { return std::move(all_); }

private:
  void add(std::string key, std::string message, std::string remedy, severity level) {
    all_.push_back({0, 0, std::move(key), std::move(message), std::move(remedy), level});
  }
  std::vector<config_problem> all_;
};

void check_server(const options& all, findings& found);
void check_store(const options& all, findings& found);
void check_lanes(const options& all, findings& found);
void check_egress(const options& all, findings& found);
void check_quiet_hours(const options& all, findings& found);
void check_providers(const options& all, std::span<const protocol_facts> protocols, findings& found);
void check_channels(const options& all, std::span<const protocol_facts> protocols, findings& found);
void check_categories(const options& all, findings& found);
void check_types(const options& all, findings& found);
void check_limits(const options& all, findings& found);

/// What a provider's protocol is; null where it is unknown.
const protocol_facts* facts_of(const provider_options& provider, std::span<const protocol_facts> protocols);

/// The channel a provider serves: its own word, else its protocol's.
std::optional<channel> served_channel(const provider_options& provider, std::span<const protocol_facts> protocols);

} // namespace carillon::conf
