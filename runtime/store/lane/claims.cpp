#include "runtime/store/lane/claims.hpp"

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
  "INSERT INTO claim_0 VALUES(?1, ?2, ?3)", "INSERT INTO claim_1 VALUES(?1, ?2, ?3)",
  "INSERT INTO claim_2 VALUES(?1, ?2, ?3)", "INSERT INTO claim_3 VALUES(?1, ?2, ?3)",
  "INSERT INTO claim_4 VALUES(?1, ?2, ?3)", "INSERT INTO claim_5 VALUES(?1, ?2, ?3)",
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

std::size_t slot_of(std::int64_t period) {
  return static_cast<std::size_t>(period) % claim_tables;
}

} // namespace

claim_key claim_key_of(const space& where, const std::string& key) {
  // A tenant's name holds no NUL, so the two parts cannot run into each other.
  auto text = to_string(where) + '\0' + key;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  std::vector<unsigned char> bytes(text.begin(), text.end());
  SHA256(bytes.data(), bytes.size(), hash.data());
  claim_key out{};
  std::copy_n(hash.begin(), out.size(), out.begin());
  return out;
}

claim_book::claim_book(claim_board& own, const claim_board& other, store_file other_file, duration ttl)
    : own_(own),
      other_(other),
      other_file_(std::move(other_file)),
      period_length_(std::max<duration>(ttl / periods_of_life, std::chrono::seconds{1})) {}

void claim_book::load(connection& db) {
  for (auto& slot : own_.period)
    slot = empty_slot;
  auto rows = db.use("SELECT slot, period FROM claim_period");
  while (rows.step())
    own_.period[static_cast<std::size_t>(rows.integer(0)) % claim_tables] = rows.integer(1);
}

// A clock that steps back keeps filling the newest table.
std::int64_t claim_book::period_at(sys_time now) const {
  auto newest = now.time_since_epoch() / period_length_;
  for (auto& held : own_.period)
    newest = std::max<std::int64_t>(newest, held);
  return newest;
}

bool claim_book::live(std::int64_t held, std::int64_t current) const {
  return held != empty_slot && current - held <= periods_of_life;
}

std::optional<stored_claim> claim_book::find_in(connection& db, std::size_t slot, const claim_key& key) {
  auto row = db.use(find_sql.at(slot));
  if (!row.with(blob{key}).step())
    return std::nullopt;
  stored_claim found;
  auto digest = row.view(0);
  std::copy_n(digest.begin(), std::min(digest.size(), found.digest.size()), found.digest.begin());
  found.id = row.id(1);
  return found;
}

std::optional<stored_claim> claim_book::find_other(const claim_key& key, std::int64_t current) {
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

void claim_book::set_period(connection& db, std::size_t slot, std::int64_t period) {
  db.use("INSERT OR REPLACE INTO claim_period(slot, period) VALUES(?1, ?2)").with(slot, period).run();
  own_.period.at(slot) = period;
}

void claim_book::add(connection& db, const claim_key& key, const idempotency_claim& claim, const uuid& id,
                     sys_time now) {
  auto period = period_at(now);
  auto slot = slot_of(period);
  if (own_.period.at(slot) != period) {
    // The sweep has emptied it long ago, unless the process was down meanwhile.
    while (own_.period.at(slot) != empty_slot) {
      db.use(sweep_sql.at(slot)).with(sweep_rows).run();
      if (db.changes() < sweep_rows)
        break;
    }
    set_period(db, slot, period);
  }
  db.use(add_sql.at(slot)).with(blob{key}, blob{claim.digest}, id).run();
}

bool claim_book::sweep(connection& db, sys_time now) {
  auto current = period_at(now);
  for (std::size_t slot = 0; slot < claim_tables; ++slot) {
    auto held = own_.period.at(slot).load();
    if (held == empty_slot || live(held, current))
      continue;
    db.use(sweep_sql.at(slot)).with(sweep_rows).run();
    if (db.changes() == sweep_rows)
      return true;
    db.use("DELETE FROM claim_period WHERE slot = ?1").with(slot).run();
    own_.period.at(slot) = empty_slot;
    return true;
  }
  return false;
}

} // namespace carillon
