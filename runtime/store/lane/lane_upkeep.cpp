#include "runtime/store/lane/lane_upkeep.hpp"

#include <algorithm>
#include <utility>

#include "runtime/store/sqlite/without_sync.hpp"

namespace carillon {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto between_passes = 60s;
constexpr duration longest_way = 60s; // from door to store, and then some
constexpr auto between_notes = 5s;    // a clock set back by less delays a wait by no more
constexpr std::int64_t hour_ms = 3'600'000;
// What a row costs a step. Users are random, so each row of the index by user has
// a page of its own.
constexpr int pages_indexed = 1;
constexpr int pages_passed_over = 1;
constexpr int pages_removed = 4;

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
  written_at_ = sys_time{duration{in.db.number("SELECT value FROM meta WHERE name = 'written_at'")}};
  for (auto& who : erasures_) // what a lost step erased is there again
    who.bucket.reset(), who.blanked = false;
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
  forget_farewells();
  just_erased_.push_back({where, user_id, clock_.now()});
  erasures_.push_back({std::move(where), std::move(user_id), newest_, std::nullopt, 0, false, std::move(then)});
}

void lane_upkeep::forget_farewells() {
  auto now = clock_.now();
  std::erase_if(just_erased_, [now](auto& who) { return std::chrono::abs(now - who.at) > longest_way; });
}

bool lane_upkeep::is_of_erased(const notification& n) {
  if (just_erased_.empty())
    return false;
  forget_farewells();
  return std::any_of(just_erased_.begin(), just_erased_.end(), [&n](auto& who) {
    return n.created_at <= who.at && n.user_id == who.user_id && n.space == who.space;
  });
}

void lane_upkeep::catch_up(done<ok_t> then) {
  waiting_.push_back(std::move(then));
  pass_.reset();
}

std::optional<steady_time> lane_upkeep::step(lane_tables& in, claim_book& claims, wal_keeper& wal) {
  auto now = steady_clock::now();
  bool more = false;
  {
    without_sync quick{in.db};
    transaction change{in.db};
    step_budget budget{config_.step};
    more = work(in, claims, budget);
    note_clock(in);
    change.commit();
  }
  if (!erasures_.empty() && erasures_.front().blanked) {
    finish_erasure(in);
    return now;
  }
  if (more)
    return now;
  if (!wal_.tend(in.db, wal))
    return now + wal_emptier::between_tries;
  answer_waiting();
  return pass_;
}

void lane_upkeep::note_clock(lane_tables& in) {
  auto now = clock_.now();
  if (now < written_at_ + between_notes)
    return;
  in.db.use("INSERT OR REPLACE INTO meta(name, value) VALUES('written_at', ?1)").with(now).run();
  written_at_ = now;
}

/// True while any of them has more to do.
bool lane_upkeep::work(lane_tables& in, claim_book& claims, step_budget& budget) {
  bool more = false;
  for (int n = 0; n < chores; ++n) {
    if (!budget.left())
      return true;
    more = work_on(static_cast<chore>(turn_), in, claims, budget) || more;
    turn_ = (turn_ + 1) % chores;
  }
  return more;
}

bool lane_upkeep::work_on(chore what, lane_tables& in, claim_book& claims, step_budget& budget) {
  switch (what) {
  case chore::index: return index_users(in, budget);
  case chore::erase: return erase_some(in, budget);
  case chore::sweep: return claims.sweep(in.db, clock_.now(), budget);
  case chore::merge: return claims.merge(in.db, clock_.now(), budget);
  case chore::retention: return remove_old(in, budget);
  }
  return false;
}

// ---------------------------------------------------------------- index by user

bool lane_upkeep::index_users(lane_tables& in, step_budget& budget) {
  if (indexed_ >= newest_)
    return false;
  auto rows = in.db.use("SELECT key, space, user_id FROM notification WHERE key > ?1 ORDER BY key");
  auto insert = in.db.use("INSERT OR IGNORE INTO user_index(bucket, user, key) VALUES(?1, ?2, ?3)");
  rows.with(indexed_);
  auto reached = indexed_;
  bool more = true;
  for (; more && budget.left(); budget.spend(pages_indexed)) {
    more = rows.step();
    reached = more ? rows.integer(0) : newest_;
    if (more)
      insert.with(bucket_of(reached), user_hash(rows.integer(1), rows.view(2)), reached).run();
  }
  in.db.use("INSERT OR REPLACE INTO meta(name, value) VALUES('indexed_to', ?1)").with(reached).run();
  indexed_ = reached;
  return more;
}

// ---------------------------------------------------------------- retention

bool lane_upkeep::remove_old(lane_tables& in, step_budget& budget) {
  if (pass_ && steady_clock::now() < *pass_)
    return false;
  auto limit = first_key_at(clock_.now() - config_.retention);
  auto next = in.db.use("SELECT key, deliveries FROM notification WHERE key > ?1 AND key < ?2 ORDER BY key LIMIT 1");
  while (budget.left()) {
    if (!next.with(removed_, limit).step()) {
      removed_ = 0;
      pass_ = steady_clock::now() + between_passes;
      return false;
    }
    removed_ = next.integer(0);
    auto deliveries = next.integer(1);
    budget.spend(remove_one(in, removed_, deliveries) ? pages_removed + static_cast<int>(deliveries)
                                                      : pages_passed_over);
  }
  return true;
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
