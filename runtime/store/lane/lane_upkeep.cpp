#include "runtime/store/lane/lane_upkeep.hpp"

#include <algorithm>
#include <utility>

namespace carillon {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto between_passes = 60s;
constexpr std::int64_t hour_ms = 3'600'000;
constexpr int rows_between_looks = 32;

/// Commits inside its life are not synced; the next one after it syncs them too.
class without_sync {
public:
  explicit without_sync(connection& db) : db_(db), before_(db.number("PRAGMA synchronous")) {
    db_.exec("PRAGMA synchronous=NORMAL");
  }
  without_sync(const without_sync&) = delete;
  ~without_sync() {
    auto restore = "PRAGMA synchronous=" + std::to_string(before_);
    sqlite3_exec(db_.raw(), restore.c_str(), nullptr, nullptr, nullptr);
  }

private:
  connection& db_;
  std::int64_t before_;
};

} // namespace

// FNV-1a, 64 bit; http://www.isthe.com/chongo/tech/comp/fnv/
std::int64_t user_hash(std::int64_t space_id, std::string_view user_id) {
  auto hash = 14'695'981'039'346'656'037ULL ^ static_cast<std::uint64_t>(space_id);
  for (auto c : user_id)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  return static_cast<std::int64_t>(hash);
}

std::int64_t bucket_of(row_key key) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time_of(key).time_since_epoch()).count() / hour_ms;
}

row_key first_key_of_bucket(std::int64_t bucket) {
  return first_key_at(sys_time{std::chrono::milliseconds{bucket * hour_ms}});
}

lane_upkeep::~lane_upkeep() {
  fault closed{errc::shutting_down, "The store was closed before the call was done."};
  for (auto& who : erasures_)
    who.then(closed);
  for (auto& then : waiting_)
    then(closed);
}

void lane_upkeep::load(lane_tables& in) {
  indexed_ = in.db.number("SELECT value FROM meta WHERE name = 'indexed_to'");
  newest_ = in.db.number("SELECT max(key) FROM notification");
  for (auto& who : erasures_) // what a lost step erased is there again
    who.bucket.reset();
}

// A key that commits after a later one was indexed would be passed over: it goes
// into the index at once.
void lane_upkeep::added(lane_tables& in, const notification& n) {
  newest_ = std::max(newest_, n.key);
  if (n.key > indexed_)
    return;
  auto user = user_hash(in.names.space_id(n.space), n.user_id);
  in.db.use("INSERT OR IGNORE INTO user_index(bucket, user, key) VALUES(?1, ?2, ?3)")
    .with(bucket_of(n.key), user, n.key)
    .run();
}

void lane_upkeep::erase(space where, std::string user_id, done<ok_t> then) {
  erasures_.push_back({std::move(where), std::move(user_id), newest_, std::nullopt, 0, std::move(then)});
}

void lane_upkeep::catch_up(done<ok_t> then) {
  waiting_.push_back(std::move(then));
  pass_.reset();
}

lane_upkeep::steady_time lane_upkeep::step_end() const {
  return steady_clock::now() + config_.step;
}

std::optional<lane_upkeep::steady_time> lane_upkeep::step(lane_tables& in, claim_book& claims) {
  auto now = steady_clock::now();
  {
    without_sync quick{in.db};
    transaction change{in.db};
    auto more = index_users(in) || erase_some(in) || claims.sweep(in.db, clock_.now())
                || claims.merge(in.db, clock_.now()) || remove_old(in);
    change.commit();
    if (more)
      return now;
  }
  if (!erasures_.empty()) {
    finish_erasure(in);
    return now;
  }
  if (!wal_.tend(in.db))
    return now + wal_emptier::between_tries;
  answer_waiting();
  return pass_;
}

// ---------------------------------------------------------------- index by user

bool lane_upkeep::index_users(lane_tables& in) {
  if (indexed_ >= newest_)
    return false;
  auto until = step_end();
  auto rows = in.db.use("SELECT key, space, user_id FROM notification WHERE key > ?1 ORDER BY key");
  auto insert = in.db.use("INSERT OR IGNORE INTO user_index(bucket, user, key) VALUES(?1, ?2, ?3)");
  rows.with(indexed_);
  auto reached = newest_;
  for (int n = 1; rows.step(); ++n) {
    auto key = rows.integer(0);
    insert.with(bucket_of(key), user_hash(rows.integer(1), rows.view(2)), key).run();
    if (n % rows_between_looks == 0 && steady_clock::now() >= until) {
      reached = key;
      break;
    }
  }
  in.db.use("INSERT OR REPLACE INTO meta(name, value) VALUES('indexed_to', ?1)").with(reached).run();
  indexed_ = reached;
  return true;
}

// ---------------------------------------------------------------- retention

bool lane_upkeep::remove_old(lane_tables& in) {
  if (pass_ && steady_clock::now() < *pass_)
    return false;
  auto until = step_end();
  auto limit = first_key_at(clock_.now() - config_.retention);
  auto rows = in.db.use("SELECT key, deliveries FROM notification WHERE key > ?1 AND key < ?2 ORDER BY key LIMIT 256");
  rows.with(removed_, limit);
  while (rows.step()) {
    removed_ = rows.integer(0);
    remove_one(in, removed_, rows.integer(1));
    if (steady_clock::now() >= until)
      return true;
  }
  removed_ = 0;
  pass_ = steady_clock::now() + between_passes;
  return false;
}

/// Leaves it alone while any of its deliveries is unfinished, however old it is.
bool lane_upkeep::remove_one(lane_tables& in, row_key key, std::int64_t deliveries) {
  auto busy = in.db.use("SELECT 1 FROM delivery WHERE key BETWEEN ?1 AND ?2 AND +status < 4 LIMIT 1");
  if (busy.with(key + 1, key + deliveries).step())
    return false;
  auto row = in.db.use("SELECT space, user_id FROM notification WHERE key = ?1");
  if (row.with(key).step()) {
    auto user = user_hash(row.integer(0), row.view(1));
    in.db.use("DELETE FROM user_index WHERE bucket = ?1 AND user = ?2 AND key = ?3")
      .with(bucket_of(key), user, key)
      .run();
  }
  in.db.use("DELETE FROM delivery WHERE key BETWEEN ?1 AND ?2").with(key + 1, key + deliveries).run();
  in.db.use("DELETE FROM notification WHERE key = ?1").with(key).run();
  return true;
}

void lane_upkeep::answer_waiting() {
  for (auto& then : std::exchange(waiting_, {}))
    then(ok);
}

} // namespace carillon
