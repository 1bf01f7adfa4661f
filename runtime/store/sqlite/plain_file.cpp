#include "runtime/store/sqlite/plain_file.hpp"

#include "runtime/store/sqlite/without_sync.hpp"

namespace carillon {
namespace {

constexpr auto between_chores = std::chrono::seconds{60};

} // namespace

connection& plain_file::open() {
  if (!db_)
    db_ = open_for_writing(file_);
  return *db_;
}

std::optional<steady_time> plain_file::upkeep(wal_keeper& wal) {
  auto now = std::chrono::steady_clock::now();
  auto& db = open();
  if (!wal_.tend(db, wal))
    return now + wal_emptier::between_tries;
  if (!work_)
    return std::nullopt;
  if (now >= next_chore_) {
    without_sync quick{db};
    transaction change{db};
    step_budget budget{limits_};
    auto more = work_(db, budget);
    change.commit();
    if (more)
      return now;
    next_chore_ = now + between_chores;
  }
  return next_chore_;
}

} // namespace carillon
