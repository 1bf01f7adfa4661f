// What is done to the rows of inbox.db: plain functions of a connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/store/sqlite/connection.hpp"
#include "runtime/store/sqlite/step_budget.hpp"

namespace carillon {

struct inbox_tables {
  explicit inbox_tables(connection& open) : db(open) {}
  connection& db;
};

/// Nothing where the delivery has its item already.
void store_item(connection& db, const inbox_item& what);
/// Newest first, behind the item of the delivery `before`. invalid_request for a state
/// that is none. Both lanes may have given the same key: the ids order those.
result<std::vector<inbox_item>> items_before(connection& db, const space& where, const std::string& user_id,
                                             const std::string& state, std::optional<uuid> before, std::size_t limit);
inbox_counts count_items(connection& db, const space& where, const std::string& user_id);
/// See inbox_store::mark. `unread` leads back to seen, the others only onward.
result<inbox_item> mark_item(connection& db, const space& where, const std::string& user_id, const uuid& delivery_id,
                             const std::string& state);
std::vector<inbox_item> mark_all_read(connection& db, const space& where, const std::string& user_id,
                                      std::size_t limit);
/// Erases a few of a person's items; true while there may be more.
bool erase_items(connection& db, const space& where, const std::string& user_id);
/// Removes a few items made before that instant; true while there may be more.
bool remove_items_before(connection& db, sys_time limit, step_budget& budget);

} // namespace carillon
