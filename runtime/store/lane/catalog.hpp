// Names that rows refer to by a small number: spaces, and provider queues of a
// space. Remembered per connection; there are few (tenants x providers).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "messages/domain.hpp"
#include "runtime/store/sqlite/connection.hpp"

namespace carillon {

struct queue_name {
  std::string name;
  carillon::space space;
};

class catalog {
public:
  explicit catalog(connection& db) : db_(db) {}

  /// nullopt: nothing was ever stored in it.
  std::optional<std::int64_t> find_space(const space& where);
  std::optional<std::int64_t> find_queue(const std::string& name, const space& where);
  /// Adds it where it is missing; writers only.
  std::int64_t space_id(const space& where);
  std::int64_t queue_id(const std::string& name, const space& where);
  /// What an id stands for. Valid until the next `forget`.
  const space& space_of(std::int64_t id);
  const queue_name& queue_of(std::int64_t id);
  /// Ids given since the transaction began are void.
  void forget();

private:
  void learn(std::int64_t id, const space& where);
  void learn(std::int64_t id, queue_name what);

  connection& db_;
  std::map<space, std::int64_t> space_ids_;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> queue_ids_;
  std::unordered_map<std::int64_t, space> spaces_;
  std::unordered_map<std::int64_t, queue_name> queues_;
};

} // namespace carillon
