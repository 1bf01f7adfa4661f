#include "runtime/store/postgres/rows.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "messages/transitions.hpp"
#include "runtime/store/codec.hpp"
#include "runtime/store/filing.hpp"

namespace carillon {
namespace {

std::int64_t micros_or_none(const std::optional<sys_time>& at) {
  return micros(at.value_or(sys_time{}));
}

std::optional<sys_time> instant_in(const pqxx::field& from) {
  if (from.is_null())
    return std::nullopt;
  return sys_time{duration{from.as<std::int64_t>()}};
}

uuid id_in(const pqxx::field& from) {
  return parse_uuid(from.view()).value_or(uuid{});
}

space space_of(const pqxx::field& tenant, const pqxx::field& mode_word) {
  return {tenant.as<std::string>(), mode_word.view() == to_string(mode::live) ? mode::live : mode::test};
}

template <class Enum>
Enum value_in(const pqxx::field& from) {
  return static_cast<Enum>(from.as<int>());
}

/// The provider whose slot it holds, or waits for.
const std::string& queue_of(const delivery& d) {
  return d.status == delivery_status::sending && !d.attempts.empty() ? d.attempts.back().provider : d.queue;
}

constexpr const char* delivery_list = " d.key, d.id, d.notification, d.status, d.home_queue, d.priority, d.due, "
                                      "d.channel, d.engagement, d.expires_at, d.provider_failures, d.place, "
                                      "d.standby, d.address, d.rule, d.reason, d.attempts, d.history, "
                                      "d.attempts_before, d.tenant, d.mode";
constexpr int delivery_width = 21;
constexpr const char* notification_list = " n.key, n.id, n.tenant, n.mode, n.erased, n.priority, n.created_at, "
                                          "n.send_at, n.expires_at, n.user_id, n.type, n.category, n.doc";

delivery delivery_in(const pqxx::row& row) {
  delivery d;
  d.key = row[0].as<row_key>();
  d.id = id_in(row[1]);
  d.notification_key = row[2].as<row_key>();
  d.status = value_in<delivery_status>(row[3]);
  d.queue = row[4].as<std::string>();
  d.priority = value_in<priority>(row[5]);
  d.due = due_from(row[6].as<std::int64_t>(), d.status);
  d.channel = value_in<channel>(row[7]);
  d.engagement = value_in<engagement>(row[8]);
  d.expires_at = instant_in(row[9]);
  d.provider_failures = row[10].as<int>();
  if (auto place = row[11].as<std::int64_t>(); place != 0)
    d.place = sys_time{duration{place}};
  d.standby = row[12].as<bool>();
  d.address = row[13].as<std::string>();
  d.decision = {row[14].as<std::string>(), row[15].as<std::string>()};
  d.attempts = decode_attempts(row[16].view());
  d.history = decode_history(row[17].view());
  d.attempts_before = row[18].as<int>();
  d.space = space_of(row[19], row[20]);
  return d;
}

std::shared_ptr<notification> notification_in(const pqxx::row& row, int from) {
  auto at = [&](int n) { return row[static_cast<pqxx::row::size_type>(from + n)]; };
  auto n = std::make_shared<notification>();
  n->key = at(0).as<row_key>();
  n->id = id_in(at(1));
  n->space = space_of(at(2), at(3));
  n->erased = at(4).as<bool>();
  n->priority = value_in<priority>(at(5));
  n->lane = lane_of(n->id);
  n->created_at = instant_in(at(6)).value_or(sys_time{});
  n->send_at = instant_in(at(7));
  n->expires_at = instant_in(at(8));
  n->user_id = at(9).as<std::string>();
  n->type = at(10).as<std::string>();
  n->category = at(11).as<std::string>();
  decode_doc(at(12).view(), *n);
  return n;
}

// The arguments of both statements, in the order of delivery_columns::arguments.
constexpr const char* delivery_arguments =
  "unnest($1::boolean[], $2::bigint[], $3::uuid[], $4::bigint[], $5::smallint[], $6::text[], $7::text[], $8::text[], "
  "$9::text[], $10::smallint[], $11::bigint[], $12::smallint[], $13::smallint[], $14::bigint[], $15::integer[], "
  "$16::integer[], $17::bigint[], $18::bigint[], $19::integer[], $20::bigint[], $21::boolean[], $22::text[], "
  "$23::text[], $24::text[], $25::text[], $26::text[], $27::smallint[], $28::integer[], $29::boolean[]) "
  "AS u(ended, key, id, notification, status, tenant, mode, queue, home_queue, priority, due, channel, engagement, "
  "expires_at, attempt_count, attempts_before, last_attempt_at, changed_at, provider_failures, place, standby, "
  "address, rule, reason, attempts, history, expected_status, expected_attempts, expected_erased)";

} // namespace

bool is_ended(delivery_status status) {
  return !is_unfinished(status) && status != delivery_status::dead_lettered;
}

void delivery_columns::add(const delivery& d, const row_guard& expected) {
  ended_.push_back(is_ended(d.status));
  key_.push_back(d.key);
  id_.push_back(to_string(d.id));
  notification_.push_back(d.notification_key);
  status_.push_back(static_cast<int>(d.status));
  tenant_.push_back(d.space.tenant);
  mode_.emplace_back(to_string(d.space.mode));
  queue_.push_back(queue_of(d));
  home_queue_.push_back(d.queue);
  priority_.push_back(static_cast<int>(d.priority));
  due_.push_back(due_of(d));
  channel_.push_back(static_cast<int>(d.channel));
  engagement_.push_back(static_cast<int>(d.engagement));
  expires_at_.push_back(micros_or_none(d.expires_at));
  attempt_count_.push_back(static_cast<int>(d.attempts.size()));
  attempts_before_.push_back(d.attempts_before);
  last_attempt_at_.push_back(last_attempt_at(d).time_since_epoch().count());
  changed_at_.push_back(changed_at(d).time_since_epoch().count());
  provider_failures_.push_back(d.provider_failures);
  place_.push_back(place_of(d));
  standby_.push_back(d.standby);
  address_.push_back(d.address);
  rule_.push_back(d.decision.rule);
  reason_.push_back(d.decision.reason);
  attempts_.push_back(encode_attempts(d.attempts));
  history_.push_back(encode_history(d.history));
  expected_status_.push_back(static_cast<int>(expected.status));
  expected_attempts_.push_back(static_cast<int>(expected.attempts));
  expected_erased_.push_back(expected.erased);
}

pqxx::params delivery_columns::arguments() const {
  return pqxx::params{ended_,
                      key_,
                      id_,
                      notification_,
                      status_,
                      tenant_,
                      mode_,
                      queue_,
                      home_queue_,
                      priority_,
                      due_,
                      channel_,
                      engagement_,
                      expires_at_,
                      attempt_count_,
                      attempts_before_,
                      last_attempt_at_,
                      changed_at_,
                      provider_failures_,
                      place_,
                      standby_,
                      address_,
                      rule_,
                      reason_,
                      attempts_,
                      history_,
                      expected_status_,
                      expected_attempts_,
                      expected_erased_};
}

void delivery_columns::insert(session& in) const {
  static const auto sql =
    std::string{"INSERT INTO delivery(ended, key, id, notification, status, tenant, mode, queue, home_queue, priority, "
                "due, channel, engagement, expires_at, attempt_count, attempts_before, last_attempt_at, changed_at, "
                "provider_failures, place, standby, erased, address, rule, reason, attempts, history) "
                "SELECT ended, key, id, notification, status, tenant, mode, queue, home_queue, priority, due, channel, "
                "engagement, nullif(expires_at, 0), attempt_count, attempts_before, last_attempt_at, changed_at, "
                "provider_failures, place, standby, false, address, rule, reason, attempts, history FROM "}
    + delivery_arguments;
  if (!empty())
    in.run(sql.c_str(), arguments());
}

std::vector<row_key> delivery_columns::update(session& in) const {
  static const auto sql =
    std::string{"UPDATE delivery d SET ended = u.ended, status = u.status, queue = u.queue, "
                "home_queue = u.home_queue, priority = u.priority, due = u.due, "
                "engagement = greatest(d.engagement, u.engagement), expires_at = nullif(u.expires_at, 0), "
                "attempt_count = u.attempt_count, attempts_before = u.attempts_before, "
                "last_attempt_at = u.last_attempt_at, changed_at = u.changed_at, "
                "provider_failures = u.provider_failures, place = u.place, standby = u.standby, "
                "address = u.address, rule = u.rule, reason = u.reason, attempts = u.attempts, "
                "history = u.history FROM "}
    + delivery_arguments
    + " WHERE d.key = u.key AND d.ended = (u.expected_status >= 4 AND u.expected_status <> 11) "
      "AND d.status = u.expected_status AND d.attempt_count = u.expected_attempts AND d.erased = u.expected_erased "
      "RETURNING d.key";
  std::vector<row_key> done;
  if (!empty())
    for (const auto& row : in.run(sql.c_str(), arguments()))
      done.push_back(row[0].as<row_key>());
  return done;
}

void insert_notifications(session& in, const std::vector<const acceptance*>& all) {
  column<std::int64_t> key, created_at;
  column<std::string> id, tenant, mode, user_id, type, category, doc;
  column<int> deliveries, priority;
  column<bool> erased;
  column<std::int64_t> send_at, expires_at; // 0: none
  for (auto* one : all) {
    auto& n = *one->n;
    key.push_back(n.key);
    id.push_back(to_string(n.id));
    tenant.push_back(n.space.tenant);
    mode.emplace_back(to_string(n.space.mode));
    deliveries.push_back(static_cast<int>(one->deliveries.size()));
    erased.push_back(n.erased);
    priority.push_back(static_cast<int>(n.priority));
    created_at.push_back(n.created_at.time_since_epoch().count());
    send_at.push_back(micros_or_none(n.send_at));
    expires_at.push_back(micros_or_none(n.expires_at));
    user_id.push_back(n.user_id);
    type.push_back(n.type);
    category.push_back(n.category);
    doc.push_back(encode_doc(n));
  }
  if (!all.empty())
    in.run(
      "INSERT INTO notification(key, id, tenant, mode, deliveries, erased, priority, created_at, send_at, "
      "expires_at, user_id, type, category, doc) "
      "SELECT key, id, tenant, mode, deliveries, erased, priority, created_at, nullif(send_at, 0), "
      "nullif(expires_at, 0), user_id, type, category, doc FROM unnest($1::bigint[], $2::uuid[], $3::text[], "
      "$4::text[], $5::integer[], $6::boolean[], $7::smallint[], $8::bigint[], $9::bigint[], $10::bigint[], "
      "$11::text[], $12::text[], $13::text[], $14::text[]) AS u(key, id, tenant, mode, deliveries, erased, priority, "
      "created_at, send_at, expires_at, user_id, type, category, doc)",
      pqxx::params{key, id, tenant, mode, deliveries, erased, priority, created_at, send_at, expires_at, user_id, type,
                   category, doc});
}

std::vector<pulled> load_all(session& in, const std::vector<row_key>& keys) {
  static const auto sql = std::string{"SELECT"} + delivery_list + "," + notification_list
                          + " FROM delivery d JOIN notification n ON n.key = d.notification WHERE d.key = ANY($1)";
  std::vector<pulled> all;
  if (keys.empty())
    return all;
  std::unordered_map<row_key, pulled> found;
  std::map<row_key, notification_ptr> notifications; // deliveries of one share it
  for (const auto& row : in.run(sql.c_str(), pqxx::params{keys})) {
    auto d = delivery_in(row);
    auto& n = notifications[d.notification_key];
    if (!n)
      n = notification_in(row, delivery_width);
    adopt(d, *n);
    auto key = d.key;
    found.emplace(key, pulled{n, std::move(d)});
  }
  all.reserve(found.size());
  for (auto key : keys)
    if (auto one = found.find(key); one != found.end())
      all.push_back(std::move(one->second));
  return all;
}

notification_ptr postgres_table::load_notification(row_key key) {
  static const auto sql = std::string{"SELECT"} + notification_list + " FROM notification n WHERE n.key = $1";
  auto rows = in_.run(sql.c_str(), pqxx::params{key});
  return rows.empty() ? nullptr : notification_in(rows[0], 0);
}

notification_ptr postgres_table::find(const space& where, const uuid& id) {
  auto n = load_notification(key_of(id));
  return n && n->id == id && n->space == where ? n : nullptr;
}

std::vector<delivery> postgres_table::deliveries_of(const notification& n) {
  static const auto sql = std::string{"SELECT"} + delivery_list
                          + " FROM delivery d WHERE d.key > $1 AND d.key <= $2 AND d.notification = $1 ORDER BY d.key";
  std::vector<delivery> all;
  for (const auto& row : in_.run(sql.c_str(), pqxx::params{n.key, n.key + static_cast<row_key>(bounds::deliveries)})) {
    all.push_back(delivery_in(row));
    adopt(all.back(), n);
  }
  return all;
}

std::optional<pulled> postgres_table::load(row_key key) {
  auto all = load_all(in_, {key});
  return all.empty() ? std::nullopt : std::optional{std::move(all.front())};
}

bool postgres_table::write(const delivery& d, const row_guard& expected) {
  auto kept = d;
  if (expected.erased)
    scrub(kept);
  delivery_columns one;
  one.add(kept, expected);
  return !one.update(in_).empty();
}

void postgres_table::engage(row_key key, engagement to) {
  in_.run("UPDATE delivery SET engagement = $2 WHERE key = $1 AND engagement < $2",
          pqxx::params{key, static_cast<int>(to)});
}

bool postgres_table::has_standbys(row_key notification) {
  return !in_
            .run("SELECT 1 FROM delivery_open WHERE key > $1 AND key <= $2 AND standby LIMIT 1",
                 pqxx::params{notification, notification + static_cast<row_key>(bounds::deliveries)})
            .empty();
}

} // namespace carillon
