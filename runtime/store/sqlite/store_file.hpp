// One SQLite file of the store: how it is opened and which schema it has.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "messages/errors.hpp"
#include "runtime/store/sqlite/connection.hpp"
#include "runtime/thread.hpp"

namespace carillon {

/// How long a call waits for a lock, in milliseconds. Only another program (a
/// shell, a backup) holds one so long: then say so rather than hold up every caller.
inline constexpr int lock_wait_ms = 2'000;

/// One step of a file's schema: `sql` makes `version` out of `version - 1`.
struct migration {
  int version;
  const char* sql;
};

struct store_file {
  std::string name; ///< for people and metrics: critical.db
  std::filesystem::path path;
  std::span<const migration> schema; ///< ascending, without gaps, from 1
  bool weak_durability = false;      ///< synchronous=NORMAL: the last commits may be lost with power
  int wal_pages = 1'000;             ///< WAL length at which it is copied into the file
  int cache_kib = 4'096;             ///< page cache of each connection
  turn whose = turn::shared;         ///< whom its threads work for
  bool shreds = true;                ///< secure_delete=ON; false: FAST, where that costs no extra write

  int newest_version() const { return schema.empty() ? 0 : schema.back().version; }
};

/// Opens for the one writer: WAL, full sync, checkpoints by hand. Throws sqlite_error.
std::unique_ptr<connection> open_for_writing(const store_file& file);
/// Opens for reading beside the writer. Throws sqlite_error.
std::unique_ptr<connection> open_for_reading(const store_file& file);
/// Creates the file or brings it to its newest version, each step in a
/// transaction of its own. A file of a newer version: store_unavailable.
status_result migrate(const store_file& file);
/// Its version now; 0 where it does not exist. Changes nothing. Throws sqlite_error.
int version_of(const store_file& file);

} // namespace carillon
