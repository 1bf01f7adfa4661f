// Checks what no single setting shows: names that must exist, values that must
// fit each other, files that must be there. Ranges of single settings are in the
// settings' tables and checked while loading.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/options.hpp"
#include "config/problem.hpp"

namespace carillon {

/// What a configuration must know of a protocol; the table itself is the actors'.
struct protocol_facts {
  std::string_view name;
  std::optional<carillon::channel> channel; ///< nullopt: any, the provider says which
  std::span<const std::string_view> credential_keys = {};
  bool needs_from = false, needs_base_url = false, needs_signing_secret = false;
};

/// Every problem at once; keys without places (see `locate`). Errors keep the
/// program from starting, warnings do not.
std::vector<config_problem> validate(const options& all, std::span<const protocol_facts> protocols);

} // namespace carillon
