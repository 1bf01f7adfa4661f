// Rows of a lane's file as domain values, and back.
#pragma once

#include <optional>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/store/by_hand.hpp"
#include "runtime/store/filing.hpp"
#include "runtime/store/lane/catalog.hpp"
#include "runtime/store/sqlite/connection.hpp"

namespace carillon {

/// A connection with its names: what every read of a lane's file needs.
struct lane_tables final : delivery_table {
  explicit lane_tables(connection& open) : db(open), names(open) {}
  connection& db;
  catalog names;

  notification_ptr find(const space& where, const uuid& id) override;
  notification_ptr load_notification(row_key key) override;
  std::vector<delivery> deliveries_of(const notification& n) override;
  std::optional<pulled> load(row_key key) override;
  bool write(const delivery& d, const row_guard& expected) override;
  void engage(row_key key, engagement to) override;
  bool has_standbys(row_key notification) override;
};

/// Null where there is none.
notification_ptr load_notification(lane_tables& in, row_key key);
/// The one with that id in that space; null where there is none.
notification_ptr find_notification(lane_tables& in, const space& where, const uuid& id);
/// All of `n`'s, in order.
std::vector<delivery> load_deliveries(lane_tables& in, const notification& n);
/// One with its notification; nullopt where there is none.
std::optional<pulled> load_delivery(lane_tables& in, row_key key);
/// The rows of these keys that exist, in the keys' order.
std::vector<pulled> load_all(lane_tables& in, const std::vector<row_key>& keys);

void insert_notification(lane_tables& in, const notification& n, std::size_t deliveries);
void insert_delivery(lane_tables& in, const delivery& d);

/// Writes the whole row where it stands as `expected`; answers whether it did.
/// Of an erased person's delivery neither address nor texts are written.
bool write_delivery(lane_tables& in, const delivery& d, const row_guard& expected);

} // namespace carillon
