#include "runtime/store/postgres/day_partitions.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace carillon {
namespace {

constexpr int days_ahead = 3;
constexpr std::string_view rest_of_notifications = "notification_rest";
constexpr std::string_view rest_of_deliveries = "delivery_rest";

using days = std::chrono::sys_days;

struct parted {
  const char* table;  ///< that has the partitions
  const char* prefix; ///< of their names; the day follows
  std::string_view rest;
};
constexpr parted notifications{"notification", "notification_", rest_of_notifications};
constexpr parted deliveries{"delivery_ended", "delivery_", rest_of_deliveries};

std::string word_of(days day) {
  std::chrono::year_month_day date{day};
  auto number = static_cast<int>(date.year()) * 10'000 + static_cast<int>(static_cast<unsigned>(date.month())) * 100
                + static_cast<int>(static_cast<unsigned>(date.day()));
  return std::to_string(number);
}

std::optional<days> day_in(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || name.size() != prefix.size() + 8)
    return std::nullopt;
  int number = 0;
  auto digits = name.substr(prefix.size());
  auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (wrong != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return days{std::chrono::year{number / 10'000} / (number / 100 % 100) / (number % 100)};
}

void make_day(session& in, const std::string& schema, const parted& of, days day) {
  auto name = of.prefix + word_of(day);
  if (!in.run("SELECT 1 FROM pg_class WHERE relname = $1 AND relnamespace = $2::regnamespace",
              pqxx::params{name, schema})
         .empty())
    return;
  auto from = std::to_string(first_key_at(sys_time{day})),
       until = std::to_string(first_key_at(sys_time{day} + std::chrono::days{1}));
  auto rest = std::string{of.rest};
  // Rows came before their day was made, after a long stop: they stay where they are.
  in.script("DO $$ BEGIN IF NOT EXISTS (SELECT FROM " + rest + " WHERE key >= " + from + " AND key < " + until
            + ") THEN CREATE TABLE " + name + " PARTITION OF " + of.table + " FOR VALUES FROM (" + from + ") TO ("
            + until + "); END IF; END $$");
}

/// Names of the partitions whose day ended before.
std::vector<std::string> days_before(session& in, const std::string& schema, const parted& of, sys_time before) {
  std::vector<std::string> names;
  for (const auto& row : in.run("SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
                                "JOIN pg_class p ON p.oid = i.inhparent "
                                "WHERE p.relname = $1 AND p.relnamespace = $2::regnamespace ORDER BY c.relname",
                                pqxx::params{of.table, schema})) {
    auto name = row[0].as<std::string>();
    if (auto day = day_in(name, of.prefix); day && sys_time{*day} + std::chrono::days{1} <= before)
      names.push_back(name);
  }
  return names;
}

/// What is of a notification with something still to be done, or waiting for a person, goes to the rest.
constexpr const char* still_open = " WHERE EXISTS (SELECT FROM delivery_open o WHERE o.key > x.key_of_all "
                                   "AND o.key <= x.key_of_all + 32 AND o.notification = x.key_of_all)";

void drop_day(session& in, const parted& of, const std::string& name, const char* key_of_all) {
  auto keep = std::string{still_open};
  for (auto at = keep.find("key_of_all"); at != std::string::npos; at = keep.find("key_of_all", at))
    keep.replace(at, std::string_view{"key_of_all"}.size(), key_of_all);
  in.script("ALTER TABLE " + std::string{of.table} + " DETACH PARTITION " + name);
  in.script("INSERT INTO " + std::string{of.table} + " SELECT x.* FROM " + name + " x" + keep);
  in.script("DROP TABLE " + name);
}

} // namespace

void make_days(session& in, const std::string& schema, sys_time now) {
  auto today = std::chrono::floor<std::chrono::days>(now);
  for (int n = 0; n <= days_ahead; ++n)
    for (auto& of : {notifications, deliveries})
      make_day(in, schema, of, today + std::chrono::days{n});
}

bool drop_days(session& in, const std::string& schema, sys_time before, std::size_t rows) {
  auto old_deliveries = days_before(in, schema, deliveries, before);
  auto old_notifications = days_before(in, schema, notifications, before);
  for (auto& name : old_deliveries)
    drop_day(in, deliveries, name, "notification");
  for (auto& name : old_notifications)
    drop_day(in, notifications, name, "key");
  auto gone = in.run("WITH old AS (SELECT key, deliveries FROM notification_rest n WHERE key < $1 AND NOT EXISTS "
                     "(SELECT FROM delivery_open o WHERE o.key > n.key AND o.key <= n.key + n.deliveries "
                     "AND o.status < 4) ORDER BY key LIMIT $2), "
                     "dead AS (DELETE FROM delivery d USING old WHERE d.key > old.key "
                     "AND d.key <= old.key + old.deliveries AND d.notification = old.key) "
                     "DELETE FROM notification_rest n USING old WHERE n.key = old.key",
                     pqxx::params{first_key_at(before), rows});
  return gone.affected_rows() == static_cast<pqxx::result_size_type>(rows);
}

} // namespace carillon
