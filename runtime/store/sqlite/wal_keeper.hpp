// Keeps a file's WAL short from the writer's side. The long part of a checkpoint
// is copied by the checkpointer while commits go on; what came meanwhile is a few
// pages, which the writer copies itself between two batches: only so can the WAL
// start from its beginning.
#pragma once

#include <memory>

#include "runtime/store/sqlite/checkpointer.hpp"
#include "runtime/store/sqlite/step_budget.hpp"

namespace carillon {

/// On the writer's thread, outside of transactions.
class wal_keeper {
public:
  /// Before the writer's thread starts.
  wal_keeper(const store_file& file, checkpointer& wal)
      : limit_pages_(file.wal_pages), wal_(wal), state_(wal.watch(file)) {}

  /// Has a long WAL copied, and finishes what the checkpointer has brought near its end.
  void tend(connection& db);
  /// A sync failed: before anything is appended again, `mend` must succeed.
  void suspect() { state_->suspect = true; }
  /// Makes a suspect WAL whole again. A hole in it would hide every later commit
  /// from recovery. Throws sqlite_error while the disk still fails.
  void mend(connection& db);
  /// True where so little is left to copy that the writer may do it; else asks for the rest.
  bool nearly_copied(connection& db);

private:
  int left(const connection& db) const { return db.wal_pages() - state_->copied_pages; }
  void ask();

  int limit_pages_;
  checkpointer& wal_;
  std::shared_ptr<wal_state> state_;
  bool asked_ = false;
  steady_time ask_again_{};
};

} // namespace carillon
