#include "runtime/store/sqlite/plain_file.hpp"

namespace carillon {
namespace {

constexpr auto between_chores = std::chrono::seconds{60};

} // namespace

connection& plain_file::open() {
  if (!db_)
    db_ = open_for_writing(file_);
  return *db_;
}

std::optional<steady_time> plain_file::upkeep() {
  auto now = std::chrono::steady_clock::now();
  auto& db = open();
  if (!wal_.tend(db))
    return now + wal_emptier::between_tries;
  if (!work_)
    return std::nullopt;
  if (now >= next_chore_) {
    transaction change{db};
    auto more = work_(db);
    change.commit();
    if (more)
      return now;
    next_chore_ = now + between_chores;
  }
  return next_chore_;
}

} // namespace carillon
