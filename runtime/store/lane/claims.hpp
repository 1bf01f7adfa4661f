// Idempotency keys. They are random, so one big table of them would touch a
// page per insert all over the file: instead a ring of small tables, each for a
// quarter of their life, of which only the newest is written and the oldest is
// emptied in the background.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "messages/domain.hpp"
#include "runtime/store/lane/lane_schema.hpp"
#include "runtime/store/sqlite/store_file.hpp"

namespace carillon {

/// Which period each table of a lane's ring holds; -1: empty. Written by the
/// lane's writer, read by the other lane's to look only where keys can be.
struct claim_board {
  std::array<std::atomic<std::int64_t>, claim_tables> period{-1, -1, -1, -1, -1, -1};
};

/// First 128 bits of SHA-256 over space and key.
using claim_key = std::array<std::uint8_t, 16>;
claim_key claim_key_of(const space& where, const std::string& key);

struct stored_claim {
  std::array<std::uint8_t, 32> digest{};
  uuid id;
};

/// One lane's keys and a view of the other's. On the writer's thread.
class claim_book {
public:
  /// `ttl` is how long a key is kept at least; up to a quarter longer.
  claim_book(claim_board& own, const claim_board& other, store_file other_file, duration ttl);

  /// Reads the ring's state from a newly opened file.
  void load(connection& db);
  /// In this lane's file, then in the other's.
  std::optional<stored_claim> find(connection& db, const claim_key& key, sys_time now);
  void add(connection& db, const claim_key& key, const idempotency_claim& claim, const uuid& id, sys_time now);
  /// Removes a few expired keys; true while there are more.
  bool sweep(connection& db, sys_time now);

private:
  std::int64_t period_at(sys_time now) const;
  bool live(std::int64_t held, std::int64_t current) const;
  static std::optional<stored_claim> find_in(connection& db, std::size_t slot, const claim_key& key);
  std::optional<stored_claim> find_other(const claim_key& key, std::int64_t current);
  void set_period(connection& db, std::size_t slot, std::int64_t period);

  claim_board& own_;
  const claim_board& other_;
  store_file other_file_;
  std::unique_ptr<connection> other_db_;
  duration period_length_;
};

} // namespace carillon
