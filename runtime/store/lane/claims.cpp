#include "runtime/store/lane/claims.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace carillon {
namespace {

// A key lives for `periods_of_life` whole periods after the one it came in; the
// one table left over is being emptied meanwhile.
constexpr std::int64_t periods_of_life = 4;
static_assert(claim_tables == periods_of_life + 2);
constexpr std::int64_t empty_slot = -1;

constexpr std::array find_sql{
  "SELECT digest, id FROM claim_0 WHERE key = ?1", "SELECT digest, id FROM claim_1 WHERE key = ?1",
  "SELECT digest, id FROM claim_2 WHERE key = ?1", "SELECT digest, id FROM claim_3 WHERE key = ?1",
  "SELECT digest, id FROM claim_4 WHERE key = ?1", "SELECT digest, id FROM claim_5 WHERE key = ?1",
};
constexpr std::array add_sql{
  "INSERT OR REPLACE INTO claim_0 VALUES(?1, ?2, ?3)", "INSERT OR REPLACE INTO claim_1 VALUES(?1, ?2, ?3)",
  "INSERT OR REPLACE INTO claim_2 VALUES(?1, ?2, ?3)", "INSERT OR REPLACE INTO claim_3 VALUES(?1, ?2, ?3)",
  "INSERT OR REPLACE INTO claim_4 VALUES(?1, ?2, ?3)", "INSERT OR REPLACE INTO claim_5 VALUES(?1, ?2, ?3)",
};
constexpr std::array sweep_sql{
  "DELETE FROM claim_0 WHERE key IN (SELECT key FROM claim_0 ORDER BY key LIMIT ?1)",
  "DELETE FROM claim_1 WHERE key IN (SELECT key FROM claim_1 ORDER BY key LIMIT ?1)",
  "DELETE FROM claim_2 WHERE key IN (SELECT key FROM claim_2 ORDER BY key LIMIT ?1)",
  "DELETE FROM claim_3 WHERE key IN (SELECT key FROM claim_3 ORDER BY key LIMIT ?1)",
  "DELETE FROM claim_4 WHERE key IN (SELECT key FROM claim_4 ORDER BY key LIMIT ?1)",
  "DELETE FROM claim_5 WHERE key IN (SELECT key FROM claim_5 ORDER BY key LIMIT ?1)",
};
constexpr int sweep_rows = 500;
constexpr std::size_t merge_rows = 500;

std::size_t slot_of(std::int64_t period) {
  return static_cast<std::size_t>(period) % claim_tables;
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes_of(std::string_view stored) {
  std::array<std::uint8_t, N> bytes{};
  std::copy_n(stored.begin(), std::min(stored.size(), N), bytes.begin());
  return bytes;
}

} // namespace

claim_key claim_key_of(const space& where, const std::string& key) {
  // A tenant's name holds no NUL, so the two parts cannot run into each other.
  auto text = to_string(where) + '\0' + key;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  unsigned int length = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &length, EVP_sha256(), nullptr);
  claim_key out{};
  std::copy_n(hash.begin(), out.size(), out.begin());
  return out;
}

// ---------------------------------------------------------------- board

std::size_t claim_hash::operator()(const claim_key& key) const {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

claim_board::claim_board() {
  for (auto& slot : period)
    slot = empty_slot;
}

std::optional<recent_claim> claim_board::find(const claim_key& key) const {
  std::scoped_lock guard{mutex_};
  auto found = recent_.find(key);
  return found == recent_.end() ? std::nullopt : std::optional{found->second};
}

void claim_board::put(const claim_key& key, const recent_claim& what) {
  std::scoped_lock guard{mutex_};
  recent_.insert_or_assign(key, what);
}

void claim_board::drop(const claim_key& key, std::int64_t seq) {
  std::scoped_lock guard{mutex_};
  auto found = recent_.find(key);
  if (found != recent_.end() && found->second.seq == seq)
    recent_.erase(found);
}

void claim_board::clear() {
  std::scoped_lock guard{mutex_};
  recent_.clear();
}

std::size_t claim_board::size() const {
  std::scoped_lock guard{mutex_};
  return recent_.size();
}

std::vector<std::pair<claim_key, recent_claim>> claim_board::sorted() const {
  std::unique_lock guard{mutex_};
  std::vector<std::pair<claim_key, recent_claim>> all(recent_.begin(), recent_.end());
  guard.unlock();
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.first < b.first; });
  return all;
}

// ---------------------------------------------------------------- look-up

claim_book::claim_book(claim_board& own, const claim_board& other, store_file other_file, duration ttl)
    : own_(own),
      other_(other),
      other_file_(std::move(other_file)),
      period_length_(std::max<duration>(ttl / periods_of_life, std::chrono::seconds{1})) {}

void claim_book::load(connection& db) {
  for (auto& slot : own_.period)
    slot = empty_slot;
  own_.clear();
  run_.clear();
  settled_.clear();
  last_seq_ = 0;
  auto rows = db.use("SELECT slot, period FROM claim_period");
  while (rows.step())
    own_.period[static_cast<std::size_t>(rows.integer(0)) % claim_tables] = rows.integer(1);
  auto log = db.use("SELECT seq, period, key, digest, id FROM claim_log ORDER BY seq");
  while (log.step()) {
    last_seq_ = log.integer(0);
    recent_claim claim{{bytes_of<32>(log.view(3)), log.id(4)}, log.integer(1), last_seq_};
    own_.put(bytes_of<16>(log.view(2)), claim);
  }
}

// A clock that steps back keeps filling the newest table.
std::int64_t claim_book::period_at(sys_time now) const {
  auto newest = now.time_since_epoch() / period_length_;
  for (auto& held : own_.period)
    newest = std::max<std::int64_t>(newest, held);
  return newest;
}

bool claim_book::live(std::int64_t held, std::int64_t current) {
  return held != empty_slot && current - held <= periods_of_life;
}

std::optional<stored_claim> claim_book::find_in(connection& db, std::size_t slot, const claim_key& key) {
  auto row = db.use(find_sql.at(slot));
  if (!row.with(blob{key}).step())
    return std::nullopt;
  return stored_claim{bytes_of<32>(row.view(0)), row.id(1)};
}

std::optional<stored_claim> claim_book::find_recent(const claim_board& board, const claim_key& key,
                                                    std::int64_t current) {
  auto found = board.find(key);
  return found && live(found->period, current) ? std::optional{found->what} : std::nullopt;
}

std::optional<stored_claim> claim_book::find_other(const claim_key& key, std::int64_t current) {
  if (auto found = find_recent(other_, key, current))
    return found;
  for (std::size_t slot = 0; slot < claim_tables; ++slot) {
    if (!live(other_.period.at(slot), current))
      continue;
    if (!other_db_)
      other_db_ = open_for_reading(other_file_);
    if (auto found = find_in(*other_db_, slot, key))
      return found;
  }
  return std::nullopt;
}

std::optional<stored_claim> claim_book::find(connection& db, const claim_key& key, sys_time now) {
  auto current = period_at(now);
  if (auto found = find_recent(own_, key, current))
    return found;
  for (std::size_t slot = 0; slot < claim_tables; ++slot)
    if (live(own_.period.at(slot), current))
      if (auto found = find_in(db, slot, key))
        return found;
  try {
    return find_other(key, current);
  } catch (const sqlite_error&) {
    other_db_.reset();
    throw;
  }
}

// ---------------------------------------------------------------- log and tables

void claim_book::add(connection& db, const claim_key& key, const idempotency_claim& claim, const uuid& id,
                     sys_time now) {
  while (own_.size() >= most_recent + settled_.size())
    merge_some(db, now);
  recent_claim added{{claim.digest, id}, period_at(now), ++last_seq_};
  db.use("INSERT INTO claim_log(seq, period, key, digest, id) VALUES(?1, ?2, ?3, ?4, ?5)")
    .with(added.seq, added.period, blob{key}, blob{claim.digest}, id)
    .run();
  own_.put(key, added);
}

bool claim_book::merge(connection& db, sys_time now, std::size_t threshold) {
  for (auto& [key, claim] : settled_)
    own_.drop(key, claim.seq);
  settled_.clear();
  if (run_.empty() && own_.size() < threshold)
    return false;
  merge_some(db, now);
  return true;
}

void claim_book::merge_some(connection& db, sys_time now) {
  if (run_.empty()) {
    run_ = own_.sorted();
    merged_ = 0;
  }
  auto current = period_at(now);
  for (std::size_t n = 0; n < merge_rows && merged_ < run_.size(); ++n, ++merged_)
    merge_one(db, run_[merged_].first, run_[merged_].second, current);
  if (merged_ == run_.size())
    finish_run(db);
}

void claim_book::merge_one(connection& db, const claim_key& key, const recent_claim& what, std::int64_t current) {
  if (!live(what.period, current))
    return;
  auto slot = slot_of(what.period);
  if (own_.period.at(slot) != what.period)
    make_room(db, slot, what.period);
  db.use(add_sql.at(slot)).with(blob{key}, blob{what.what.digest}, what.what.id).run();
}

// A run holds whatever was recent when it began, so the log before its last
// entry has nothing else in it. The keys leave memory only once this is
// committed: until then the other lane finds them nowhere else.
void claim_book::finish_run(connection& db) {
  std::int64_t last = 0;
  for (auto& [key, claim] : run_)
    last = std::max(last, claim.seq);
  db.use("DELETE FROM claim_log WHERE seq <= ?1").with(last).run();
  std::move(run_.begin(), run_.end(), std::back_inserter(settled_));
  run_.clear();
}

// The sweep has emptied it long ago, unless the process was down meanwhile.
void claim_book::make_room(connection& db, std::size_t slot, std::int64_t period) {
  while (own_.period.at(slot) != empty_slot) {
    db.use(sweep_sql.at(slot)).with(sweep_rows).run();
    if (db.changes() < sweep_rows)
      break;
  }
  db.use("INSERT OR REPLACE INTO claim_period(slot, period) VALUES(?1, ?2)").with(slot, period).run();
  own_.period.at(slot) = period;
}

bool claim_book::sweep(connection& db, sys_time now) {
  auto current = period_at(now);
  return sweep_log(db, current) || sweep_tables(db, current);
}

bool claim_book::sweep_log(connection& db, std::int64_t current) {
  if (!run_.empty())
    return false;
  auto oldest = db.use("SELECT seq, period, key FROM claim_log ORDER BY seq LIMIT ?1");
  oldest.with(sweep_rows);
  std::int64_t last = 0;
  while (oldest.step() && !live(oldest.integer(1), current)) {
    last = oldest.integer(0);
    own_.drop(bytes_of<16>(oldest.view(2)), last);
  }
  if (last != 0)
    db.use("DELETE FROM claim_log WHERE seq <= ?1").with(last).run();
  return last != 0;
}

bool claim_book::sweep_tables(connection& db, std::int64_t current) {
  for (std::size_t slot = 0; slot < claim_tables; ++slot) {
    auto held = own_.period.at(slot).load();
    if (held == empty_slot || live(held, current))
      continue;
    db.use(sweep_sql.at(slot)).with(sweep_rows).run();
    if (db.changes() < sweep_rows) {
      db.use("DELETE FROM claim_period WHERE slot = ?1").with(slot).run();
      own_.period.at(slot) = empty_slot;
    }
    return true;
  }
  return false;
}

} // namespace carillon
