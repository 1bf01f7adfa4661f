#include "actors/policy/key_registry.hpp"

namespace carillon {

std::shared_ptr<void> key_registry::reserve(const space& where, const std::string& key) {
  auto name = to_string(where) + '\n' + key;
  std::scoped_lock guard{table_->mutex};
  if (!table_->keys.insert(name).second)
    return nullptr;
  return {static_cast<void*>(table_.get()), [owner = table_, name](void*) {
            std::scoped_lock lock{owner->mutex};
            owner->keys.erase(name);
          }};
}

} // namespace carillon
