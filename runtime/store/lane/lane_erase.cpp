// Erasing a person: their rows are found by the index, which the step before has
// brought up to the newest row, and blanked a few at a time.
#include "messages/transitions.hpp"
#include "runtime/store/lane/lane_upkeep.hpp"

namespace carillon {
namespace {

constexpr int pages_of_look = 1;

/// Deleted bytes are overwritten with zeros in its life, whole pages included.
class shredding {
public:
  explicit shredding(connection& db) : db_(db) { db_.exec("PRAGMA secure_delete=ON"); }
  shredding(const shredding&) = delete;
  ~shredding() { sqlite3_exec(db_.raw(), "PRAGMA secure_delete=FAST", nullptr, nullptr, nullptr); }

private:
  connection& db_;
};

} // namespace

/// True while rows of the first person in line are left.
bool lane_upkeep::erase_some(lane_tables& in, step_budget& budget) {
  if (erasures_.empty())
    return false;
  auto& who = erasures_.front();
  if (indexed_ >= who.until) // else the index does not know all of them yet
    who.blanked = !erase_rows(in, who, budget);
  return true;
}

/// True while there are more.
bool lane_upkeep::erase_rows(lane_tables& in, erasure& who, step_budget& budget) {
  auto space_id = in.names.find_space(who.space);
  if (!space_id)
    return false;
  shredding on{in.db};
  auto user = user_hash(*space_id, who.user_id);
  while (who.bucket || next_bucket(in, who)) {
    if (!erase_bucket(in, who, user, budget))
      return true;
    if (!next_bucket(in, who))
      break;
  }
  return false;
}

/// Moves on to the next older hour that has rows; false past the oldest.
bool lane_upkeep::next_bucket(lane_tables& in, erasure& who) {
  auto below = who.bucket ? *who.bucket - 1 : bucket_of(who.until);
  auto found = in.db.use("SELECT bucket FROM user_index WHERE bucket <= ?1 ORDER BY bucket DESC LIMIT 1");
  if (!found.with(below).step())
    return false;
  who.bucket = found.integer(0);
  who.after = 0;
  return true;
}

/// False where the step was over before the bucket's end.
bool lane_upkeep::erase_bucket(lane_tables& in, erasure& who, std::int64_t user, step_budget& budget) {
  auto rows = in.db.use("SELECT key FROM user_index WHERE bucket = ?1 AND user = ?2 AND key > ?3 ORDER BY key");
  rows.with(*who.bucket, user, who.after);
  bool more = true;
  for (; more && budget.left(); budget.spend(pages_of_look)) {
    more = rows.step();
    if (!more)
      break;
    who.after = rows.integer(0);
    budget.spend(static_cast<int>(erase_row(in, who, who.after)));
  }
  return !more;
}

/// Answers how many rows were written.
std::size_t lane_upkeep::erase_row(lane_tables& in, const erasure& who, row_key key) {
  auto n = load_notification(in, key);
  if (!n || n->erased || n->user_id != who.user_id || n->space != who.space)
    return 0;
  auto deliveries = load_deliveries(in, *n);
  for (auto& d : deliveries) {
    row_guard guard{d.status, d.attempts.size(), false};
    if (may_move(d.status, delivery_status::cancelled))
      move_to(d, delivery_status::cancelled, clock_.now(), {"person.erased", ""});
    scrub(d);
    write_delivery(in, d, guard);
    in.db.use("UPDATE delivery SET erased = 1 WHERE key = ?1").with(d.key).run();
  }
  in.db.use("UPDATE notification SET doc = '{}', erased = 1 WHERE key = ?1").with(key).run();
  return deliveries.size() + 1;
}

/// The steps were not synced: this commit is, and carries them with it.
void lane_upkeep::finish_erasure(lane_tables& in) {
  transaction change{in.db};
  in.db.exec("INSERT OR REPLACE INTO meta(name, value) VALUES('erased', random())");
  change.commit();
  wal_.want();
  auto then = std::move(erasures_.front().then);
  erasures_.pop_front();
  then(ok);
}

} // namespace carillon
