// After a person was erased their text still stands in the WAL until that is
// copied and emptied; see `lane_upkeep` and `plain_file`.
#pragma once

#include <chrono>

#include "runtime/store/sqlite/wal_keeper.hpp"

namespace carillon {

/// On the writer's thread, outside of transactions.
class wal_emptier {
public:
  static constexpr auto between_tries = std::chrono::milliseconds{50};

  void want() { wanted_ = true; }
  /// Tries if wanted; true: nothing is wanted any more. Emptying needs a moment
  /// in which nobody reads; it does not wait for one, nor does it copy a long WAL
  /// itself, so that no call stands behind it.
  bool tend(connection& db, wal_keeper& wal) {
    if (!wanted_)
      return true;
    if (!wal.nearly_copied(db))
      return false;
    db.wait_for_locks(0);
    wanted_ = !db.truncate_wal();
    db.wait_for_locks(lock_wait_ms);
    return !wanted_;
  }

private:
  bool wanted_ = false;
};

} // namespace carillon
