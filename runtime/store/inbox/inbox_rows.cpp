#include "runtime/store/inbox/inbox_rows.hpp"

#include <algorithm>
#include <array>

namespace carillon {
namespace {

/// States in the order they are reached; their numbers are stored.
constexpr std::array states{std::string_view{"unseen"}, std::string_view{"seen"}, std::string_view{"read"},
                            std::string_view{"archived"}};
constexpr std::int64_t seen = 1;
constexpr std::int64_t read = 2;
constexpr int erased_at_once = 64;
constexpr int pages_of_item = 3; ///< its row and two entries of indexes

std::optional<std::int64_t> number_of(std::string_view word) {
  auto found = std::find(states.begin(), states.end(), word);
  return found == states.end() ? std::nullopt : std::optional{std::int64_t{found - states.begin()}};
}

fault no_such_state(const std::string& word) {
  return {errc::invalid_request,
          "There is no inbox state \"" + word + "\".",
          {{"/state", "format", "One of unseen, seen, read, archived; to mark also unread."}}};
}

/// Columns: key, state, delivery_id, notification_id, created_at, type, title, body, data.
inbox_item read_item(statement& row, const space& where, const std::string& user_id) {
  inbox_item item;
  item.state = states.at(static_cast<std::size_t>(row.integer(1)) % states.size());
  item.delivery_id = row.id(2);
  item.notification_id = row.id(3);
  item.created_at = row.time(4).value_or(sys_time{});
  item.type = row.text(5);
  item.title = row.text(6);
  item.body = row.text(7);
  item.data = row.text(8);
  item.space = where;
  item.user_id = user_id;
  return item;
}

std::vector<inbox_item> read_page(statement& rows, const space& where, const std::string& user_id, std::size_t limit) {
  std::vector<inbox_item> all;
  while (all.size() < limit && rows.step())
    all.push_back(read_item(rows, where, user_id));
  return all;
}

std::optional<inbox_item> find_item(connection& db, const space& where, const std::string& user_id, const uuid& id) {
  auto space_name = to_string(where);
  auto row = db.use("SELECT key, state, delivery_id, notification_id, created_at, type, title, body, data FROM item "
                    "WHERE space = ?1 AND user_id = ?2 AND key = ?3 AND delivery_id = ?4");
  if (!row.with(space_name, user_id, key_of(id), id).step())
    return std::nullopt;
  return read_item(row, where, user_id);
}

void write_state(connection& db, const inbox_item& item, std::int64_t state) {
  auto space_name = to_string(item.space);
  db.use("UPDATE item SET state = ?5 WHERE space = ?1 AND user_id = ?2 AND key = ?3 AND delivery_id = ?4")
    .with(space_name, item.user_id, key_of(item.delivery_id), item.delivery_id, state)
    .run();
}

} // namespace

void store_item(connection& db, const inbox_item& what) {
  auto space_name = to_string(what.space);
  db.use("INSERT OR IGNORE INTO item(key, state, delivery_id, notification_id, created_at, space, user_id, type, "
         "title, body, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
    .with(key_of(what.delivery_id), number_of(what.state).value_or(0), what.delivery_id, what.notification_id,
          what.created_at, space_name, what.user_id, what.type, what.title, what.body, what.data)
    .run();
}

result<std::vector<inbox_item>> items_before(connection& db, const space& where, const std::string& user_id,
                                             const std::string& state, std::optional<uuid> before, std::size_t limit) {
  auto space_name = to_string(where);
  // Items of both lanes may share a key: their ids tell them apart.
  auto key = before ? key_of(*before) : std::numeric_limits<row_key>::max();
  auto id = before.value_or(uuid{});
  if (state.empty()) {
    auto rows = db.use("SELECT key, state, delivery_id, notification_id, created_at, type, title, body, data "
                       "FROM item WHERE space = ?1 AND user_id = ?2 AND (key, delivery_id) < (?3, ?4) "
                       "ORDER BY key DESC, delivery_id DESC");
    return read_page(rows.with(space_name, user_id, key, id), where, user_id, limit);
  }
  auto wanted = number_of(state);
  if (!wanted)
    return no_such_state(state);
  auto rows = db.use("SELECT key, state, delivery_id, notification_id, created_at, type, title, body, data "
                     "FROM item WHERE space = ?1 AND user_id = ?2 AND state = ?5 AND (key, delivery_id) < (?3, ?4) "
                     "ORDER BY key DESC, delivery_id DESC");
  return read_page(rows.with(space_name, user_id, key, id, *wanted), where, user_id, limit);
}

inbox_counts count_items(connection& db, const space& where, const std::string& user_id) {
  auto space_name = to_string(where);
  auto rows = db.use("SELECT state, count(*) FROM item WHERE space = ?1 AND user_id = ?2 GROUP BY state");
  rows.with(space_name, user_id);
  inbox_counts counts;
  while (rows.step()) {
    auto many = static_cast<std::uint64_t>(rows.integer(1));
    counts.total += many;
    counts.unread += rows.integer(0) < read ? many : 0;
    counts.unseen += rows.integer(0) < seen ? many : 0;
  }
  return counts;
}

result<inbox_item> mark_item(connection& db, const space& where, const std::string& user_id, const uuid& delivery_id,
                             const std::string& state) {
  auto wanted = state == "unread" ? std::optional{seen} : number_of(state);
  if (!wanted || state == "unseen")
    return no_such_state(state);
  auto found = find_item(db, where, user_id, delivery_id);
  if (!found)
    return fault{errc::not_found, "This person's inbox has no item of that delivery."};
  auto now = number_of(found->state).value_or(0);
  auto moves = state == "unread" ? now > seen : now < *wanted;
  if (moves) {
    write_state(db, *found, *wanted);
    found->state = states.at(static_cast<std::size_t>(*wanted));
  }
  return *found;
}

std::vector<inbox_item> mark_all_read(connection& db, const space& where, const std::string& user_id,
                                      std::size_t limit) {
  std::vector<inbox_item> changed;
  for (auto* state : {"unseen", "seen"})
    if (auto some = items_before(db, where, user_id, state, std::nullopt, limit))
      changed.insert(changed.end(), some->begin(), some->end());
  if (changed.size() > limit)
    changed.resize(limit);
  for (auto& item : changed) {
    write_state(db, item, read);
    item.state = states[read];
  }
  return changed;
}

bool erase_items(connection& db, const space& where, const std::string& user_id) {
  auto space_name = to_string(where);
  db.use("DELETE FROM item WHERE row IN (SELECT row FROM item WHERE space = ?1 AND user_id = ?2 LIMIT ?3)")
    .with(space_name, user_id, erased_at_once)
    .run();
  return db.changes() == erased_at_once;
}

// Rows lie in the order they came, so the oldest are at the front.
bool remove_items_before(connection& db, sys_time limit, step_budget& budget) {
  auto oldest = db.use("SELECT row, created_at FROM item ORDER BY row LIMIT 1");
  auto remove = db.use("DELETE FROM item WHERE row = ?1");
  while (budget.left()) {
    if (!oldest.with().step() || oldest.time(1) >= limit)
      return false;
    auto row = oldest.integer(0);
    remove.with(row).run();
    budget.spend(pages_of_item);
  }
  return true;
}

} // namespace carillon
