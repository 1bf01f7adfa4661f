#include "config/unserved.hpp"

#include <array>

namespace carillon::conf {

namespace {

constexpr std::array rows{
  unserved_setting{"kafka", "Kafka"},
  unserved_setting{"cluster", "clusters of several nodes"},
  unserved_setting{"tenants", "settings per tenant"},
  unserved_setting{"compat", "settings for older callers"},
  unserved_setting{"store.archive", "archives"},
  unserved_setting{"node.roles", "nodes with single roles"},
  unserved_setting{"node.channels", "nodes with single channels"},
  unserved_setting{"types.*.escalate_after", "escalation"},
  unserved_setting{"types.*.escalate_unless", "escalation"},
  unserved_setting{"types.*.digest", "digests"},
  unserved_setting{"types.*.template", "templates"},
};

bool matches(std::string_view pattern, const std::vector<std::string>& path) {
  for (const auto& part : path) {
    auto dot = pattern.find('.');
    auto expected = pattern.substr(0, dot);
    if (expected.empty() || (expected != "*" && expected != part))
      return false;
    pattern = dot == std::string_view::npos ? std::string_view{} : pattern.substr(dot + 1);
  }
  return pattern.empty();
}

} // namespace

const unserved_setting* find_unserved(const std::vector<std::string>& path) {
  for (const auto& row : rows)
    if (matches(row.path, path))
      return &row;
  return nullptr;
}

} // namespace carillon::conf
