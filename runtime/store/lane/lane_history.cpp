#include <algorithm>
#include <functional>
#include <unordered_set>

#include "messages/transitions.hpp"
#include "runtime/store/codec.hpp"
#include "runtime/store/history_terms.hpp"
#include "runtime/store/lane/lane_reads.hpp"
#include "runtime/store/lane/lane_upkeep.hpp"

namespace carillon {
namespace {

constexpr std::size_t recent_rows_read = 300'000;
// Nothing is decided before the limits are rebuilt, so reading ends in time for the
// first delivery even where the file comes from a slow disk.
constexpr auto attempts_search_time = std::chrono::milliseconds{200};
constexpr auto attempts_load_time = std::chrono::milliseconds{400};
constexpr std::size_t rows_between_looks = 256;

/// One page being filled from candidates, newest first.
class page_builder {
public:
  page_builder(lane_tables& in, const notification_filter& what, std::int64_t space_id)
      : in_(in), what_(what), space_id_(space_id) {}

  /// Looks at one candidate; false: the page is complete.
  bool offer(row_key key) {
    if (++looked_at_ > rows_of_page) {
      page_.next = last_;
      return false;
    }
    if (auto match = matching(key)) {
      if (page_.data.size() == what_.limit) {
        page_.next = last_;
        return false;
      }
      page_.data.push_back(std::move(*match));
    }
    last_ = key;
    return true;
  }
  notification_page take() { return std::move(page_); }

private:
  std::optional<notification_view> matching(row_key key) {
    if (!worth_loading(key))
      return std::nullopt;
    auto n = load_notification(in_, key);
    notification_view view{n, load_deliveries(in_, *n)};
    if (!matches(what_, view))
      return std::nullopt;
    return view;
  }
  bool worth_loading(row_key key) {
    auto row = in_.db.use("SELECT space, user_id, type FROM notification WHERE key = ?1");
    return row.with(key).step() && row.integer(0) == space_id_
           && (what_.user_id.empty() || row.view(1) == what_.user_id)
           && (what_.type.empty() || row.view(2) == what_.type);
  }

  lane_tables& in_;
  const notification_filter& what_;
  std::int64_t space_id_;
  notification_page page_;
  row_key last_ = 0;
  std::size_t looked_at_ = 0;
};

/// Keys in (above, below), newest first.
bool offer_rows(lane_tables& in, page_builder& page, row_key below, row_key above) {
  auto rows = in.db.use("SELECT key FROM notification WHERE key < ?1 AND key > ?2 ORDER BY key DESC");
  rows.with(below, above);
  while (rows.step())
    if (!page.offer(rows.integer(0)))
      return false;
  return true;
}

/// The same of one user, from the index: hour by hour.
void offer_indexed(lane_tables& in, page_builder& page, std::int64_t user, row_key below, row_key above) {
  auto hour = in.db.use("SELECT bucket FROM user_index WHERE bucket <= ?1 ORDER BY bucket DESC LIMIT 1");
  auto rows = in.db.use("SELECT key FROM user_index WHERE bucket = ?1 AND user = ?2 AND key < ?3 AND key > ?4 "
                        "ORDER BY key DESC");
  for (auto bucket = bucket_of(below); bucket >= bucket_of(above) && hour.with(bucket).step(); --bucket) {
    bucket = hour.integer(0);
    rows.with(bucket, user, below, above);
    while (rows.step())
      if (!page.offer(rows.integer(0)))
        return;
  }
}

/// One row of the dead letters' index with what filters look at.
struct dead_row {
  row_key key = 0;
  std::int64_t space = 0;
  std::string user_id, type;
  carillon::channel channel{};
  sys_time at{};
  std::string attempts;
};

bool means(const dead_letter_filter& what, const dead_row& row) {
  return (what.type.empty() || row.type == what.type) && (what.user_id.empty() || row.user_id == what.user_id)
         && (!what.channel || row.channel == *what.channel) && (!what.since || row.at >= *what.since)
         && (!what.until || row.at < *what.until) && last_attempt_matches(what, decode_attempts(row.attempts));
}

} // namespace

result<notification_view> find_view(lane_tables& in, const space& where, const uuid& id) {
  snapshot still{in.db};
  auto n = find_notification(in, where, id);
  if (!n)
    return fault{errc::not_found,
                 "There is no notification with this id; it may have been removed after its retention."};
  return notification_view{n, load_deliveries(in, *n)};
}

notification_page list_page(lane_tables& in, const notification_filter& what) {
  snapshot still{in.db};
  auto space_id = in.names.find_space(what.space);
  if (!space_id)
    return {};
  auto below = what.before.value_or(due_never);
  if (what.until)
    below = std::min(below, first_key_at(*what.until));
  auto above = what.since ? first_key_at(*what.since) - 1 : row_key{0};
  page_builder page{in, what, *space_id};
  if (what.user_id.empty()) {
    offer_rows(in, page, below, above);
    return page.take();
  }
  // The index is filled in the background: newer rows are looked at one by one.
  auto indexed = in.db.number("SELECT value FROM meta WHERE name = 'indexed_to'");
  if (offer_rows(in, page, below, std::max(above, indexed)))
    offer_indexed(in, page, user_hash(*space_id, what.user_id), std::min(below, indexed + 1), above);
  return page.take();
}

dead_letter_page dead_letter_list(lane_tables& in, const dead_letter_filter& what) {
  snapshot still{in.db};
  auto space_id = in.names.find_space(what.space);
  if (!space_id)
    return {};
  std::unordered_set<row_key> wanted;
  for (auto& id : what.ids)
    wanted.insert(key_of(id));
  auto below = what.before.value_or(due_never);
  dead_letter_page page;
  std::vector<row_key> keys;
  auto rows = in.db.use("SELECT d.key, n.space, n.user_id, n.type, d.channel, d.changed_at, d.attempts "
                        "FROM delivery d CROSS JOIN notification n ON n.key = d.notification "
                        "WHERE d.status = 11 ORDER BY d.key DESC");
  while (page.matched < dead_letters_counted && rows.step()) {
    dead_row row{rows.integer(0),
                 rows.integer(1),
                 rows.text(2),
                 rows.text(3),
                 static_cast<channel>(rows.integer(4)),
                 rows.time(5).value_or(sys_time{}),
                 rows.text(6)};
    if (row.space != *space_id || (!wanted.empty() && !wanted.contains(row.key)) || !means(what, row))
      continue;
    ++page.matched;
    if (row.key >= below)
      continue;
    if (keys.size() < what.limit)
      keys.push_back(row.key);
    else if (!page.next && !keys.empty())
      page.next = keys.back();
  }
  page.data = load_all(in, keys);
  return page;
}

namespace {

/// The newest first, as far as the time goes; then those on the wire, however old.
std::vector<row_key> attempted_since(lane_tables& in, sys_time since) {
  auto until = std::chrono::steady_clock::now() + attempts_search_time;
  std::vector<row_key> keys;
  auto rows = in.db.use("SELECT key, last_attempt_at FROM delivery WHERE key >= ?1 ORDER BY key DESC LIMIT ?2");
  rows.with(first_key_at(since - attempts_reach_back), recent_rows_read);
  auto oldest_seen = due_never;
  for (std::size_t n = 1; keys.size() < attempts_read && rows.step(); ++n) {
    oldest_seen = rows.integer(0);
    if (rows.integer(1) >= since.time_since_epoch().count())
      keys.push_back(oldest_seen);
    if (n % rows_between_looks == 0 && std::chrono::steady_clock::now() >= until)
      break;
  }
  auto on_wire = in.db.use("SELECT key FROM delivery WHERE status < 4 AND status = 2 AND key < ?1");
  on_wire.with(oldest_seen);
  while (keys.size() < attempts_read && on_wire.step())
    keys.push_back(on_wire.integer(0));
  return keys;
}

/// Of the rows, the first of which wait for their places in order.
sys_time last_place(const std::vector<delivery>& rows, std::size_t places) {
  auto count = std::min(rows.size(), places);
  return count == 0 ? sys_time{duration{1}} : rows[count - 1].due.value_or(sys_time{duration{1}});
}

} // namespace

limit_history recent_attempts(lane_tables& in, sys_time since, sys_time now) {
  snapshot still{in.db};
  limit_history all;
  auto keys = reserved_places(in, now, places_read);
  auto places = keys.size();
  std::unordered_set<row_key> reserved{keys.begin(), keys.end()};
  for (auto key : attempted_since(in, since))
    if (!reserved.contains(key)) // a redriven one is both
      keys.push_back(key);
  auto until = std::chrono::steady_clock::now() + attempts_load_time;
  for (std::size_t at = 0; at < keys.size() && std::chrono::steady_clock::now() < until; at += rows_between_looks) {
    auto end = std::min(at + rows_between_looks, keys.size());
    for (auto& row : load_all(
           in, {keys.begin() + static_cast<std::ptrdiff_t>(at), keys.begin() + static_cast<std::ptrdiff_t>(end)}))
      all.rows.push_back(std::move(row.d));
  }
  if (places == places_read || all.rows.size() < places) // the last one may not be alone at its instant
    all.places_until = last_place(all.rows, places) - duration{1};
  return all;
}

} // namespace carillon
