// Background work is written without a sync of its own: losing a step with power
// only means doing it again, and no call waits for its disk.
#pragma once

#include <string>

#include "runtime/store/sqlite/connection.hpp"

namespace carillon {

/// Commits inside its life are not synced; the next one after it syncs them too.
class without_sync {
public:
  explicit without_sync(connection& db) : db_(db), before_(db.number("PRAGMA synchronous")) {
    db_.exec("PRAGMA synchronous=NORMAL");
  }
  without_sync(const without_sync&) = delete;
  ~without_sync() {
    auto restore = "PRAGMA synchronous=" + std::to_string(before_);
    sqlite3_exec(db_.raw(), restore.c_str(), nullptr, nullptr, nullptr);
  }

private:
  connection& db_;
  std::int64_t before_;
};

} // namespace carillon
