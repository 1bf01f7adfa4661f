// What is done to the rows of control.db: plain functions of a connection, for
// the writer inside its transaction and for readers alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/store/sqlite/connection.hpp"

namespace carillon {

/// A reader's side: control's rows need no names beside the connection.
struct control_tables {
  explicit control_tables(connection& open) : db(open) {}
  connection& db;
};

using channel_address = std::pair<channel, std::string>;

// control_people.cpp
user_ptr load_user(connection& db, const space& where, const std::string& id); ///< null: not stored
person load_person(connection& db, const space& where, const std::string& id, const std::vector<channel_address>& extra,
                   sys_time now);
result<user_ptr> store_user(connection& db, const user& what, user_part part, version_bond if_match, sys_time now);
status_result erase_user_row(connection& db, const space& where, const std::string& id, sys_time now);
std::vector<std::pair<space, std::string>> open_erasures(connection& db);
void close_erasure(connection& db, const space& where, const std::string& id);

// control_ledger.cpp
std::optional<suppression> suppression_of(connection& db, const space& where, const channel_address& whom,
                                          sys_time now);
suppression store_suppression(connection& db, const suppression& what, sys_time now);
result<suppression> drop_suppression(connection& db, const space& where, const std::string& id);
std::vector<suppression> suppressions_after(connection& db, const space& where, std::optional<channel> on,
                                            const std::string& after, std::size_t limit, sys_time now);

// control_settings.cpp
void store_key(connection& db, const api_key& what);
status_result revoke_key_row(connection& db, const std::string& tenant, const std::string& id);
std::vector<api_key> keys_of(connection& db, const std::string& tenant);
result<versioned_json> load_setting(connection& db, const std::string& feature);
result<versioned_json> store_setting(connection& db, const std::string& feature, const std::string& config,
                                     bool enabled, version_bond if_match);
std::vector<std::pair<std::string, breaker_order>> load_breaker_orders(connection& db);
void store_breaker_order(connection& db, const std::string& provider, breaker_order order, const std::string& reason,
                         sys_time now);

} // namespace carillon
