#include "runtime/store/lane/claims.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>

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
// Rows that lie side by side go together: so many make about so many pages.
constexpr int rows_at_once = 64;
constexpr int pages_of_them = 4;

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

claim_board::claim_board() : shelves_(4'096) {
  for (auto& slot : period)
    slot = empty_slot;
}

std::optional<recent_claim> claim_board::find(const claim_key& key) const {
  std::scoped_lock guard{mutex_};
  auto& shelf = shelves_[shelf_of(key)];
  auto found = shelf.find(key);
  return found == shelf.end() ? std::nullopt : std::optional{found->second};
}

void claim_board::put(const claim_key& key, const recent_claim& what) {
  std::scoped_lock guard{mutex_};
  size_ += shelves_[shelf_of(key)].insert_or_assign(key, what).second ? 1 : 0;
}

void claim_board::drop(const claim_key& key, std::int64_t seq) {
  std::scoped_lock guard{mutex_};
  auto& shelf = shelves_[shelf_of(key)];
  auto found = shelf.find(key);
  if (found == shelf.end() || found->second.seq != seq)
    return;
  shelf.erase(found);
  --size_;
}

void claim_board::clear() {
  std::scoped_lock guard{mutex_};
  for (auto& shelf : shelves_)
    shelf.clear();
  size_ = 0;
}

std::size_t claim_board::size() const {
  std::scoped_lock guard{mutex_};
  return size_;
}

std::vector<std::pair<claim_key, recent_claim>> claim_board::next(const std::optional<claim_key>& after,
                                                                  std::size_t most) const {
  std::vector<std::pair<claim_key, recent_claim>> some;
  some.reserve(most);
  std::scoped_lock guard{mutex_};
  for (auto number = after ? shelf_of(*after) : 0; number < shelves_.size() && some.size() < most; ++number) {
    auto& shelf = shelves_[number];
    for (auto at = after ? shelf.upper_bound(*after) : shelf.begin(); at != shelf.end() && some.size() < most; ++at)
      some.push_back(*at);
  }
  return some;
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
  pass_ = {};
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

result<std::optional<stored_claim>> claim_book::find(connection& db, const claim_key& key, sys_time now) {
  auto current = period_at(now);
  if (auto found = find_recent(own_, key, current))
    return found;
  for (std::size_t slot = 0; slot < claim_tables; ++slot)
    if (live(own_.period.at(slot), current))
      if (auto found = find_in(db, slot, key))
        return found;
  try {
    return find_other(key, current);
  } catch (const sqlite_error& why) {
    other_db_.reset();
    return fault{errc::store_unavailable,
                 "The key cannot be looked up in " + other_file_.name + ": " + why.what(),
                 {},
                 std::chrono::seconds{1}};
  }
}

// ---------------------------------------------------------------- log and tables

void claim_book::add(connection& db, const claim_key& key, const idempotency_claim& claim, const uuid& id,
                     sys_time now) {
  if (own_.size() >= press_from) {
    step_budget two{2};
    go_on(db, now, two);
  }
  recent_claim added{{claim.digest, id}, period_at(now), ++last_seq_};
  db.use("INSERT INTO claim_log(seq, period, key, digest, id) VALUES(?1, ?2, ?3, ?4, ?5)")
    .with(added.seq, added.period, blob{key}, blob{claim.digest}, id)
    .run();
  own_.put(key, added);
}

// Keys leave memory only once their move is committed, so never in the
// transaction that made it: until then the other lane finds them nowhere else.
bool claim_book::merge(connection& db, sys_time now, step_budget& budget, std::size_t threshold) {
  if (pass_.at == pass::phase::leaving_memory) {
    leave_memory(budget);
    return true;
  }
  if (pass_.at == pass::phase::none && own_.size() < threshold)
    return false;
  go_on(db, now, budget);
  return true;
}

void claim_book::go_on(connection& db, sys_time now, step_budget& budget) {
  using enum pass::phase;
  if (pass_.at == none)
    pass_ = {moving, last_seq_, {}};
  if (pass_.at == moving && move_keys(db, now, budget))
    pass_.at = trimming_log;
  if (pass_.at == trimming_log && trim_log(db, budget))
    pass_ = {leaving_memory, pass_.last_seq, {}};
}

/// True once every key of the pass is in its table.
bool claim_book::move_keys(connection& db, sys_time now, step_budget& budget) {
  constexpr std::size_t keys_at_once = 16;
  auto current = period_at(now);
  while (budget.left()) {
    auto some = own_.next(pass_.after, keys_at_once);
    if (some.empty())
      return true;
    for (auto& [key, claim] : some) {
      if (!budget.left() || (claim.seq <= pass_.last_seq && !move_one(db, key, claim, current)))
        return false;
      pass_.after = key;
      budget.spend(1);
    }
  }
  return false;
}

/// False where its table still has to be swept.
bool claim_book::move_one(connection& db, const claim_key& key, const recent_claim& what, std::int64_t current) {
  if (!live(what.period, current))
    return true;
  if (!take_slot(db, what.period))
    return false;
  db.use(add_sql.at(slot_of(what.period))).with(blob{key}, blob{what.what.digest}, what.what.id).run();
  return true;
}

bool claim_book::take_slot(connection& db, std::int64_t period) {
  auto slot = slot_of(period);
  if (own_.period.at(slot) == period)
    return true;
  if (own_.period.at(slot) != empty_slot)
    return false;
  db.use("INSERT OR REPLACE INTO claim_period(slot, period) VALUES(?1, ?2)").with(slot, period).run();
  own_.period.at(slot) = period;
  return true;
}

/// True once the log holds nothing of the pass. The log before its last entry has
/// nothing else in it.
bool claim_book::trim_log(connection& db, step_budget& budget) {
  while (budget.left()) {
    db.use("DELETE FROM claim_log WHERE seq IN (SELECT seq FROM claim_log WHERE seq <= ?1 ORDER BY seq LIMIT ?2)")
      .with(pass_.last_seq, rows_at_once)
      .run();
    budget.spend(pages_of_them);
    if (db.changes() < rows_at_once)
      return true;
  }
  return false;
}

void claim_book::leave_memory(step_budget& budget) {
  while (budget.left()) {
    auto some = own_.next(pass_.after, rows_at_once);
    if (some.empty()) {
      pass_ = {};
      return;
    }
    for (auto& [key, claim] : some)
      if (claim.seq <= pass_.last_seq)
        own_.drop(key, claim.seq);
    pass_.after = some.back().first;
    budget.spend(pages_of_them);
  }
}

// ---------------------------------------------------------------- expired keys

bool claim_book::sweep(connection& db, sys_time now, step_budget& budget) {
  auto current = period_at(now);
  return sweep_log(db, current, budget) || sweep_tables(db, current, budget);
}

bool claim_book::sweep_log(connection& db, std::int64_t current, step_budget& budget) {
  if (pass_.at != pass::phase::none)
    return false;
  auto oldest = db.use("SELECT seq, period, key FROM claim_log ORDER BY seq LIMIT ?1");
  bool more = true;
  while (more && budget.left()) {
    std::int64_t last = 0;
    int expired = 0;
    oldest.with(rows_at_once);
    while (oldest.step() && !live(oldest.integer(1), current)) {
      last = oldest.integer(0);
      own_.drop(bytes_of<16>(oldest.view(2)), last);
      ++expired;
    }
    more = expired == rows_at_once;
    if (expired > 0)
      db.use("DELETE FROM claim_log WHERE seq <= ?1").with(last).run();
    budget.spend(pages_of_them);
  }
  return more;
}

bool claim_book::sweep_tables(connection& db, std::int64_t current, step_budget& budget) {
  for (std::size_t slot = 0; slot < claim_tables; ++slot) {
    auto held = own_.period.at(slot).load();
    if (held == empty_slot || live(held, current))
      continue;
    while (budget.left()) {
      db.use(sweep_sql.at(slot)).with(rows_at_once).run();
      budget.spend(pages_of_them);
      if (db.changes() < rows_at_once) {
        db.use("DELETE FROM claim_period WHERE slot = ?1").with(slot).run();
        own_.period.at(slot) = empty_slot;
        break;
      }
    }
    return true;
  }
  return false;
}

} // namespace carillon
