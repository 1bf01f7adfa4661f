// The writing side of a file without much background work: control and inbox.
#pragma once

#include <functional>
#include <memory>

#include "runtime/store/sqlite/wal_emptier.hpp"
#include "runtime/store/sqlite/writer.hpp"

namespace carillon {

class plain_file final : public written_file {
public:
  /// One step of background work in a transaction; true: there is more to do.
  using chore = std::function<bool(connection&, step_budget&)>;

  explicit plain_file(store_file file, chore work = {}) : file_(std::move(file)), work_(std::move(work)) {}

  connection& open() override;
  void close() override { db_.reset(); }
  void rolled_back() override {}
  std::optional<steady_time> upkeep(wal_keeper& wal) override;

  /// What was deleted shall leave the WAL too. On the writer's thread.
  void empty_wal() { wal_.want(); }

private:
  store_file file_;
  chore work_;
  step_limits limits_;
  std::unique_ptr<connection> db_;
  wal_emptier wal_;
  steady_time next_chore_{};
};

} // namespace carillon
