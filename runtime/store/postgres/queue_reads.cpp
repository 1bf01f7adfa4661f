#include <algorithm>

#include "runtime/store/filing.hpp"
#include "runtime/store/postgres/reads.hpp"

namespace carillon {
namespace {

constexpr int counter_bits = 15; // of a key; above them are milliseconds

space space_in(const pqxx::row& row, int tenant) {
  auto mode_word = row[static_cast<pqxx::row::size_type>(tenant + 1)].view();
  return {row[static_cast<pqxx::row::size_type>(tenant)].as<std::string>(),
          mode_word == to_string(mode::live) ? mode::live : mode::test};
}

std::vector<row_key> keys_in(const pqxx::result& rows) {
  std::vector<row_key> keys;
  keys.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows)
    keys.push_back(row[0].as<row_key>());
  return keys;
}

// Of each priority the first of the rows that are ready at once and of those that have
// fallen due, of either waiting status: short stretches of one index. Both take turns by
// time, so that neither starves the other.
std::string pull_sql(bool set_back) {
  auto source = [](const char* status, const char* when, const char* order) {
    return std::string{"(SELECT key, due FROM delivery_open WHERE status < 4 AND status = "} + status
           + " AND queue = $1 AND tenant = $2 AND mode = $3 AND priority = level AND " + when
           + " AND NOT key = ANY($6) ORDER BY " + order + " LIMIT $5)";
  };
  std::string sources;
  for (auto* status : {"0", "1"}) {
    if (!sources.empty())
      sources += " UNION ALL ";
    sources +=
      source(status, "due = 0", "key") + " UNION ALL " + source(status, "due > 0 AND due <= $4::bigint", "due, key");
    // Only waits are counted from an instant; what a sender or quiet hours have set for an hour stays there.
    if (set_back)
      sources += " UNION ALL "
                 + source(status,
                          "due > $4::bigint AND due < 9223372036854775807 AND changed_at > $4::bigint "
                          "AND (status = 1 OR place = due)",
                          "due, key");
  }
  return "SELECT ready.key FROM generate_series(0, 3) AS level, LATERAL (" + sources
         + ") AS ready ORDER BY level, CASE ready.due WHEN 0 THEN (ready.key >> " + std::to_string(counter_bits)
         + ") * 1000 ELSE ready.due END, ready.key LIMIT $5";
}

} // namespace

pull_result pull(session& in, const pull_request& what, bool set_back) {
  static const auto usual = pull_sql(false);
  static const auto after_a_step = pull_sql(true);
  auto rows = in.run((set_back ? after_a_step : usual).c_str(),
                     pqxx::params{what.queue, what.space.tenant, std::string{to_string(what.space.mode)},
                                  micros(what.now), what.limit + 1, what.except});
  auto keys = keys_in(rows);
  pull_result out;
  out.more = keys.size() > what.limit;
  if (out.more)
    keys.resize(what.limit);
  out.rows = load_all(in, keys);
  return out;
}

std::vector<pulled> in_flight(session& in, const std::string& provider, row_key after, std::size_t limit) {
  return load_all(in, keys_in(in.run("SELECT key FROM delivery_open WHERE status < 4 AND status = 2 AND queue = $1 "
                                     "AND key > $2 ORDER BY key LIMIT $3",
                                     pqxx::params{provider, after, limit})));
}

std::vector<queue_state> queue_states(session& in, sys_time now, bool set_back) {
  std::vector<queue_state> all;
  for (const auto& row :
       in.run("SELECT queue, tenant, mode, bool_or(status < 2 AND (due = 0 OR ($2 AND due > $1::bigint "
              "AND due < 9223372036854775807 AND changed_at > $1::bigint AND (status = 1 OR place = due)))), "
              "min(due) FILTER (WHERE status < 2 AND due > 0 AND due < 9223372036854775807) "
              "FROM delivery_open WHERE status < 4 GROUP BY queue, tenant, mode",
              pqxx::params{micros(now), set_back})) {
    queue_state state{row[0].as<std::string>(), space_in(row, 1), row[3].as<bool>(), {}};
    if (!row[4].is_null())
      state.next_due = sys_time{duration{row[4].as<std::int64_t>()}};
    all.push_back(std::move(state));
  }
  return all;
}

std::vector<due_entry> due_between(session& in, sys_time from, sys_time until, std::size_t limit) {
  std::vector<due_entry> all;
  for (const auto& row : in.run("SELECT DISTINCT due, queue, tenant, mode FROM delivery_open WHERE status < 2 "
                                "AND due > greatest($1::bigint, 0) AND due <= $2::bigint ORDER BY due LIMIT $3",
                                pqxx::params{micros(from), micros(until), limit}))
    all.push_back({row[1].as<std::string>(), space_in(row, 2), sys_time{duration{row[0].as<std::int64_t>()}}});
  return all;
}

std::vector<pulled> expired_held(session& in, sys_time now, std::size_t limit) {
  return load_all(in, keys_in(in.run("SELECT key FROM delivery_open WHERE status < 4 AND status = 3 AND due <= $1 "
                                     "ORDER BY due LIMIT $2",
                                     pqxx::params{micros(now), limit})));
}

backlog_view backlog(session& in) {
  backlog_view view;
  for (const auto& row : in.run("SELECT status, count(*) FROM delivery_open GROUP BY status ORDER BY status"))
    view.by_status.emplace_back(static_cast<delivery_status>(row[0].as<int>()), row[1].as<std::size_t>());
  auto oldest = in.run("SELECT min(key) FROM delivery_open WHERE status < 2 AND due = 0");
  if (!oldest[0][0].is_null())
    view.oldest_pending = time_of(oldest[0][0].as<row_key>());
  return view;
}

} // namespace carillon
