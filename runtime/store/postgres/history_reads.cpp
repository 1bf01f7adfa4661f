#include <algorithm>
#include <unordered_set>

#include "messages/transitions.hpp"
#include "runtime/store/filing.hpp"
#include "runtime/store/history_terms.hpp"
#include "runtime/store/postgres/reads.hpp"

namespace carillon {
namespace {

constexpr std::size_t rows_of_look = 200;

bool is_gone(const notification_view& view, row_key retained) {
  return view.n->key < retained && std::none_of(view.deliveries.begin(), view.deliveries.end(), [](auto& d) {
           return is_unfinished(d.status);
         });
}

/// Keys below `below`, newest first, of what the filter says of the notification itself.
std::vector<row_key> candidates(session& in, const notification_filter& what, row_key below, row_key above) {
  auto rows = in.run("SELECT key FROM notification WHERE tenant = $1 AND mode = $2 AND ($3 = '' OR user_id = $3) "
                     "AND ($4 = '' OR type = $4) AND key < $5 AND key > $6 ORDER BY key DESC LIMIT $7",
                     pqxx::params{what.space.tenant, std::string{to_string(what.space.mode)}, what.user_id, what.type,
                                  below, above, rows_of_look});
  std::vector<row_key> keys;
  for (const auto& row : rows)
    keys.push_back(row[0].as<row_key>());
  return keys;
}

bool wants(const dead_letter_filter& what, const std::unordered_set<row_key>& wanted, const pulled& row) {
  auto at = changed_at(row.d);
  return row.d.space == what.space && (wanted.empty() || wanted.contains(row.d.key))
         && (what.type.empty() || row.d.type == what.type) && (what.user_id.empty() || row.d.user_id == what.user_id)
         && (!what.channel || row.d.channel == *what.channel) && (!what.since || at >= *what.since)
         && (!what.until || at < *what.until) && last_attempt_matches(what, row.d.attempts);
}

} // namespace

result<notification_view> find_view(session& in, const space& where, const uuid& id, row_key retained) {
  postgres_table table{in};
  auto n = table.find(where, id);
  if (!n)
    return no_such_notification();
  notification_view view{n, table.deliveries_of(*n)};
  if (is_gone(view, retained))
    return no_such_notification();
  return view;
}

notification_page list_page(session& in, const notification_filter& what, row_key retained) {
  auto below = what.before.value_or(due_never);
  if (what.until)
    below = std::min(below, first_key_at(*what.until));
  auto above = what.since ? first_key_at(*what.since) - 1 : row_key{0};
  postgres_table table{in};
  notification_page page;
  row_key last = 0;
  for (std::size_t looked_at = 0;;) {
    auto keys = candidates(in, what, below, above);
    for (auto key : keys) {
      if (++looked_at > rows_of_page) {
        page.next = last;
        return page;
      }
      auto n = table.load_notification(key);
      notification_view view{n, table.deliveries_of(*n)};
      if (matches(what, view) && !is_gone(view, retained)) {
        if (page.data.size() == what.limit) {
          page.next = last;
          return page;
        }
        page.data.push_back(std::move(view));
      }
      last = below = key;
    }
    if (keys.size() < rows_of_look)
      return page;
  }
}

dead_letter_page dead_letter_list(session& in, const dead_letter_filter& what, row_key retained) {
  std::unordered_set<row_key> wanted;
  for (auto& id : what.ids)
    wanted.insert(key_of(id));
  auto below = what.before.value_or(due_never);
  dead_letter_page page;
  for (row_key reached = due_never;;) {
    std::vector<row_key> keys;
    for (const auto& row : in.run("SELECT key FROM delivery_open WHERE status = 11 AND key < $1 AND key >= $2 "
                                  "ORDER BY key DESC LIMIT $3",
                                  pqxx::params{reached, retained, rows_of_look}))
      keys.push_back(row[0].as<row_key>());
    for (auto& row : load_all(in, keys)) {
      if (!wants(what, wanted, row))
        continue;
      ++page.matched;
      if (row.d.key >= below)
        continue;
      if (page.data.size() < what.limit)
        page.data.push_back(std::move(row));
      else if (!page.next && !page.data.empty())
        page.next = page.data.back().d.key;
    }
    if (keys.size() < rows_of_look || page.matched >= dead_letters_counted)
      return page;
    reached = keys.back();
  }
}

limit_history recent_attempts(session& in, sys_time since, sys_time now) {
  limit_history all;
  std::vector<row_key> keys;
  std::unordered_set<row_key> reserved;
  for (const auto& row : in.run("SELECT key FROM delivery_open WHERE status = 0 AND place = due AND due >= $1 "
                                "ORDER BY due LIMIT $2",
                                pqxx::params{now.time_since_epoch().count(), places_read}))
    reserved.insert(keys.emplace_back(row[0].as<row_key>()));
  const auto places = keys.size();
  // The newest first; then those on the wire, however old.
  for (const auto& row :
       in.run("(SELECT key FROM delivery WHERE key >= $1 AND last_attempt_at >= $2 "
              "ORDER BY key DESC LIMIT $3) UNION SELECT key FROM delivery_open "
              "WHERE status < 4 AND status = 2 ORDER BY key DESC LIMIT $3",
              pqxx::params{first_key_at(since - attempts_reach_back), since.time_since_epoch().count(), attempts_read}))
    if (auto key = row[0].as<row_key>(); !reserved.contains(key)) // a redriven one is both
      keys.push_back(key);
  for (auto& row : load_all(in, keys))
    all.rows.push_back(std::move(row.d));
  if (places == places_read) // the last one may not be alone at its instant
    all.places_until = all.rows[places - 1].due.value_or(sys_time{duration{1}}) - duration{1};
  return all;
}

} // namespace carillon
