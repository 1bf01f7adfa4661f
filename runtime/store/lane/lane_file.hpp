// The writing side of a lane's file: every change of its rows, and the upkeep
// between them. All of it on the writer's thread, inside the writer's transaction.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/store/lane/claims.hpp"
#include "runtime/store/lane/lane_rows.hpp"
#include "runtime/store/lane/lane_upkeep.hpp"
#include "runtime/store/sqlite/writer.hpp"

namespace carillon {

class lane_file final : public written_file {
public:
  lane_file(store_file file, claim_book claims, upkeep_config upkeep, const wall_clock& clock);

  connection& open() override;
  void close() override;
  void rolled_back() override { stale_ = true; }
  std::optional<steady_time> upkeep(wal_keeper& wal) override;

  // lane_accept.cpp
  result<receipt> accept(const acceptance& what);
  result<std::optional<receipt>> recall(const space& where, const idempotency_claim& what);
  // lane_update.cpp
  std::vector<row_key> start(const std::vector<attempt_start>& what);
  result<update_result> update(const delivery_update& what);
  /// The rows as changes by hand need them; inside a transaction.
  delivery_table& rows() { return *tables_; }

  /// Background work asked for from outside; see lane_upkeep.hpp.
  lane_upkeep& background() { return upkeep_; }

private:
  result<std::optional<receipt>> recall(const claim_key& key, const idempotency_claim& what, sys_time now);
  lane_tables& tables() { return *tables_; }
  bool start_one(const attempt_start& what);
  bool write_guarded(const delivery_update& what);

  store_file file_;
  const wall_clock& clock_;
  std::unique_ptr<connection> db_;
  std::unique_ptr<lane_tables> tables_;
  claim_book claims_;
  lane_upkeep upkeep_;
  bool stale_ = false; ///< what is remembered may be of a transaction that was rolled back
};

} // namespace carillon
