#include "runtime/store/lane/lane_rows.hpp"

#include "messages/transitions.hpp"
#include "runtime/store/codec.hpp"

namespace carillon {
namespace {

/// Where the index of unfinished work files a delivery.
struct filing {
  std::int64_t queue = 0, home = 0, due = 0;
};

filing filing_of(lane_tables& in, const delivery& d) {
  filing at;
  at.due = due_of(d);
  if (!d.queue.empty() || is_unfinished(d.status))
    at.home = in.names.queue_id(d.queue, d.space);
  at.queue = at.home;
  if (d.status == delivery_status::sending && !d.attempts.empty() && d.attempts.back().provider != d.queue)
    at.queue = in.names.queue_id(d.attempts.back().provider, d.space);
  return at;
}

delivery read_delivery(lane_tables& in, statement& row) {
  delivery d;
  d.key = row.integer(0);
  d.id = row.id(1);
  d.notification_key = row.integer(2);
  d.status = static_cast<delivery_status>(row.integer(3));
  d.queue = in.names.queue_of(row.integer(4)).name;
  d.priority = static_cast<priority>(row.integer(5));
  d.channel = static_cast<channel>(row.integer(7));
  d.engagement = static_cast<engagement>(row.integer(8));
  d.expires_at = row.time(9);
  d.provider_failures = static_cast<int>(row.integer(10));
  if (auto place = row.integer(11); place != 0)
    d.place = sys_time{duration{place}};
  d.standby = row.integer(12) != 0;
  d.address = row.text(13);
  d.decision = {row.text(14), row.text(15)};
  d.attempts = decode_attempts(row.view(16));
  d.history = decode_history(row.view(17));
  d.attempts_before = static_cast<int>(row.integer(18));
  d.due = due_from(row.integer(6), d.status);
  return d;
}

std::vector<delivery> read_range(lane_tables& in, row_key first, row_key last) {
  auto rows = in.db.use("SELECT key, id, notification, status, home_queue, priority, due, channel, engagement, "
                        "expires_at, provider_failures, place, standby, address, rule, reason, attempts, history, "
                        "attempts_before FROM delivery WHERE key BETWEEN ?1 AND ?2 ORDER BY key");
  std::vector<delivery> all;
  rows.with(first, last);
  while (rows.step())
    all.push_back(read_delivery(in, rows));
  return all;
}

bool write_row(lane_tables& in, const delivery& d, const row_guard& expected) {
  auto at = filing_of(in, d);
  auto attempts = encode_attempts(d.attempts);
  auto history = encode_history(d.history);
  in.db
    .use("UPDATE delivery SET status = ?1, queue = ?2, home_queue = ?3, priority = ?4, due = ?5, "
         "engagement = max(engagement, ?6), expires_at = ?7, attempt_count = ?8, last_attempt_at = ?9, "
         "changed_at = ?10, provider_failures = ?11, place = ?12, standby = ?13, address = ?14, rule = ?15, "
         "reason = ?16, attempts = ?17, history = ?18, attempts_before = ?19 "
         "WHERE key = ?20 AND status = ?21 AND attempt_count = ?22 AND erased = ?23")
    .with(d.status, at.queue, at.home, d.priority, at.due, d.engagement, d.expires_at, d.attempts.size(),
          last_attempt_at(d), changed_at(d), d.provider_failures, place_of(d), d.standby, d.address, d.decision.rule,
          d.decision.reason, attempts, history, d.attempts_before, d.key, expected.status, expected.attempts,
          expected.erased)
    .run();
  return in.db.changes() > 0;
}

} // namespace

notification_ptr load_notification(lane_tables& in, row_key key) {
  auto row = in.db.use("SELECT id, space, erased, priority, created_at, send_at, expires_at, user_id, type, category, "
                       "doc FROM notification WHERE key = ?1");
  if (!row.with(key).step())
    return nullptr;
  auto n = std::make_shared<notification>();
  n->key = key;
  n->id = row.id(0);
  n->space = in.names.space_of(row.integer(1));
  n->erased = row.integer(2) != 0;
  n->priority = static_cast<priority>(row.integer(3));
  n->lane = lane_of(n->id);
  n->created_at = row.time(4).value_or(sys_time{});
  n->send_at = row.time(5);
  n->expires_at = row.time(6);
  n->user_id = row.text(7);
  n->type = row.text(8);
  n->category = row.text(9);
  decode_doc(row.view(10), *n);
  return n;
}

notification_ptr find_notification(lane_tables& in, const space& where, const uuid& id) {
  auto n = load_notification(in, key_of(id));
  return n && n->id == id && n->space == where ? n : nullptr;
}

std::vector<delivery> load_deliveries(lane_tables& in, const notification& n) {
  auto count = in.db.use("SELECT deliveries FROM notification WHERE key = ?1");
  if (!count.with(n.key).step())
    return {};
  auto all = read_range(in, n.key + 1, n.key + count.integer(0));
  for (auto& d : all)
    adopt(d, n);
  return all;
}

std::optional<pulled> load_delivery(lane_tables& in, row_key key) {
  auto all = load_all(in, {key});
  return all.empty() ? std::nullopt : std::optional{std::move(all.front())};
}

std::vector<pulled> load_all(lane_tables& in, const std::vector<row_key>& keys) {
  std::vector<pulled> all;
  all.reserve(keys.size());
  notification_ptr last; // deliveries of one notification tend to follow each other
  for (auto key : keys) {
    auto found = read_range(in, key, key);
    if (found.empty())
      continue;
    auto& d = found.front();
    if (!last || last->key != d.notification_key)
      last = load_notification(in, d.notification_key);
    if (!last)
      continue;
    adopt(d, *last);
    all.push_back({last, std::move(d)});
  }
  return all;
}

void insert_notification(lane_tables& in, const notification& n, std::size_t deliveries) {
  auto space_key = in.names.space_id(n.space);
  auto doc = encode_doc(n);
  in.db
    .use("INSERT INTO notification(key, id, space, deliveries, erased, priority, created_at, send_at, expires_at, "
         "user_id, type, category, doc) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")
    .with(n.key, n.id, space_key, deliveries, n.erased, n.priority, n.created_at, n.send_at, n.expires_at, n.user_id,
          n.type, n.category, doc)
    .run();
}

void insert_delivery(lane_tables& in, const delivery& d) {
  auto at = filing_of(in, d);
  auto attempts = encode_attempts(d.attempts);
  auto history = encode_history(d.history);
  in.db
    .use("INSERT INTO delivery(key, id, notification, status, queue, home_queue, priority, due, channel, engagement, "
         "expires_at, attempt_count, last_attempt_at, changed_at, provider_failures, place, standby, erased, "
         "address, rule, reason, attempts, history) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
         "?14, ?15, ?16, ?17, 0, ?18, ?19, ?20, ?21, ?22)")
    .with(d.key, d.id, d.notification_key, d.status, at.queue, at.home, d.priority, at.due, d.channel, d.engagement,
          d.expires_at, d.attempts.size(), last_attempt_at(d), changed_at(d), d.provider_failures, place_of(d),
          d.standby, d.address, d.decision.rule, d.decision.reason, attempts, history)
    .run();
}

bool write_delivery(lane_tables& in, const delivery& d, const row_guard& expected) {
  if (!expected.erased)
    return write_row(in, d, expected);
  auto blank = d;
  scrub(blank);
  return write_row(in, blank, expected);
}

notification_ptr lane_tables::find(const space& where, const uuid& id) {
  return find_notification(*this, where, id);
}

notification_ptr lane_tables::load_notification(row_key key) {
  return carillon::load_notification(*this, key);
}

std::vector<delivery> lane_tables::deliveries_of(const notification& n) {
  return load_deliveries(*this, n);
}

std::optional<pulled> lane_tables::load(row_key key) {
  return load_delivery(*this, key);
}

bool lane_tables::write(const delivery& d, const row_guard& expected) {
  return write_delivery(*this, d, expected);
}

void lane_tables::engage(row_key key, engagement to) {
  db.use("UPDATE delivery SET engagement = ?2 WHERE key = ?1 AND engagement < ?2").with(key, to).run();
}

// Keys of a notification's deliveries lie in one block, so this look is a short
// range of rows; nearly every notification has no standby and ends here.
bool lane_tables::has_standbys(row_key notification) {
  auto row = db.use("SELECT 1 FROM delivery WHERE key > ?1 AND key <= ?2 AND standby = 1 LIMIT 1");
  return row.with(notification, notification + static_cast<row_key>(bounds::deliveries)).step();
}

} // namespace carillon
