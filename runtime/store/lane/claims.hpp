// Idempotency keys. They are random, so inserting each where it belongs would
// write a page a key. New ones are appended to a log instead and kept in memory;
// once there are many, they go into their table in the order of the keys, so that
// a page is written once for all its keys (measured: 0.033 CPU-s per 1,000
// notifications before, a third less after). The tables are a ring, each for a
// quarter of the keys' life, so that expired ones are removed together. Moving and
// removing happen in bounded steps (step_budget.hpp).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "messages/domain.hpp"
#include "runtime/store/lane/lane_schema.hpp"
#include "runtime/store/sqlite/step_budget.hpp"
#include "runtime/store/sqlite/store_file.hpp"

namespace carillon {

/// First 128 bits of SHA-256 over space and key.
using claim_key = std::array<std::uint8_t, 16>;
claim_key claim_key_of(const space& where, const std::string& key);

struct stored_claim {
  std::array<std::uint8_t, 32> digest{};
  uuid id;
};

/// A key that stands in the log only.
struct recent_claim {
  stored_claim what;
  std::int64_t period = 0;
  std::int64_t seq = 0;
};

/// What one lane's writer shows the other's. A claim may be seen here before it
/// is durable; whoever accepts has reserved the key in process, so nobody asks
/// for it meanwhile.
class claim_board {
public:
  claim_board();
  /// Which period each table of the ring holds; -1: empty.
  std::array<std::atomic<std::int64_t>, claim_tables> period;

  std::optional<recent_claim> find(const claim_key& key) const;
  void put(const claim_key& key, const recent_claim& what);
  /// Unless it was put again since with a later `seq`.
  void drop(const claim_key& key, std::int64_t seq);
  void clear();
  std::size_t size() const;
  /// The next keys after `after` (nullopt: the first ones) with their claims, ascending.
  std::vector<std::pair<claim_key, recent_claim>> next(const std::optional<claim_key>& after, std::size_t most) const;

private:
  static std::size_t shelf_of(const claim_key& key) { return key[0] * 16U + key[1] / 16U; }

  mutable std::mutex mutex_;
  std::vector<std::map<claim_key, recent_claim>> shelves_; ///< by the first 12 bits: short ways to a key
  std::size_t size_ = 0;
};

/// One lane's keys and a view of the other's. On the writer's thread.
class claim_book {
public:
  /// Keys in memory from which on they are moved to their tables between calls.
  static constexpr std::size_t merge_from = 16'384;
  /// From here on every accept moves two for the one it adds, so that memory stays
  /// below about three times this (some 150 bytes each) however fast they come.
  static constexpr std::size_t press_from = 49'152;

  /// `ttl` is how long a key is kept at least; up to a quarter longer.
  claim_book(claim_board& own, const claim_board& other, store_file other_file, duration ttl);

  /// Reads the state from a newly opened file, or again after a rollback.
  void load(connection& db);
  /// In this lane's file, then in the other's; a fault where only that one cannot be read.
  result<std::optional<stored_claim>> find(connection& db, const claim_key& key, sys_time now);
  void add(connection& db, const claim_key& key, const idempotency_claim& claim, const uuid& id, sys_time now);
  /// Removes expired keys; true while there are more.
  bool sweep(connection& db, sys_time now, step_budget& budget);
  /// Moves keys from the log into their tables, in a transaction of its own; true
  /// while there are enough for it to be worth it.
  bool merge(connection& db, sys_time now, step_budget& budget, std::size_t threshold = merge_from);

private:
  /// One pass over the keys that were in memory when it began.
  struct pass {
    enum class phase : std::uint8_t { none, moving, trimming_log, leaving_memory } at = phase::none;
    std::int64_t last_seq = 0;      ///< it moves the log up to here
    std::optional<claim_key> after; ///< the keys up to here are done
  };

  std::int64_t period_at(sys_time now) const;
  static bool live(std::int64_t held, std::int64_t current);
  static std::optional<stored_claim> find_in(connection& db, std::size_t slot, const claim_key& key);
  static std::optional<stored_claim> find_recent(const claim_board& board, const claim_key& key, std::int64_t current);
  std::optional<stored_claim> find_other(const claim_key& key, std::int64_t current);
  bool take_slot(connection& db, std::int64_t period);
  void go_on(connection& db, sys_time now, step_budget& budget);
  bool move_keys(connection& db, sys_time now, step_budget& budget);
  bool move_one(connection& db, const claim_key& key, const recent_claim& what, std::int64_t current);
  bool trim_log(connection& db, step_budget& budget);
  void leave_memory(step_budget& budget);
  bool sweep_log(connection& db, std::int64_t current, step_budget& budget);
  bool sweep_tables(connection& db, std::int64_t current, step_budget& budget);

  claim_board& own_;
  const claim_board& other_;
  store_file other_file_;
  std::unique_ptr<connection> other_db_;
  duration period_length_;
  std::int64_t last_seq_ = 0;
  pass pass_;
};

} // namespace carillon
