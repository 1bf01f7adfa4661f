// Rows of a lane's file as domain values, and back.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/store/lane/catalog.hpp"
#include "runtime/store/sqlite/connection.hpp"

namespace carillon {

/// A connection with its names: what every read of a lane's file needs.
struct lane_tables {
  explicit lane_tables(connection& open) : db(open), names(open) {}
  connection& db;
  catalog names;
};

/// The index's instant of a row that waits for something else than a time.
inline constexpr std::int64_t due_never = std::numeric_limits<std::int64_t>::max();

/// How the index of unfinished work files an instant; none: 0, ready at once.
std::int64_t due_column(const std::optional<sys_time>& due);

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

/// How a row must stand for a write to apply.
struct row_guard {
  delivery_status status = delivery_status::queued;
  std::size_t attempts = 0;
  bool erased = false;
};
/// Writes the whole row where it stands as `expected`; answers whether it did.
/// Of an erased person's delivery neither address nor texts are written.
bool write_delivery(lane_tables& in, const delivery& d, const row_guard& expected);
/// Blanks what tells of a person: address, vendors' details, reasons. Rules stay.
void scrub(delivery& d);

} // namespace carillon
