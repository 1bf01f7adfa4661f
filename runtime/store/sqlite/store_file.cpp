#include "runtime/store/sqlite/store_file.hpp"

#include <system_error>

#include "runtime/store/sqlite/faults.hpp"

namespace carillon {
namespace {

constexpr int page_bytes = 4'096;

void set(connection& db, const std::string& name, const std::string& value) {
  db.exec("PRAGMA " + name + "=" + value);
}

void set_common(connection& db, const store_file& file) {
  set(db, "cache_size", std::to_string(-file.cache_kib));
  set(db, "temp_store", "MEMORY");
}

fault newer(const store_file& file, int version) {
  return {errc::store_unavailable, file.path.string() + " has schema version " + std::to_string(version)
                                     + ", this program knows versions up to " + std::to_string(file.newest_version())
                                     + "; start the newer program, or restore a backup of that time."};
}

} // namespace

std::unique_ptr<connection> open_for_writing(const store_file& file) {
  auto db = std::make_unique<connection>(file.path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, lock_wait_ms);
  db->exec("PRAGMA journal_mode=WAL");
  set(*db, "synchronous", file.weak_durability ? "NORMAL" : "FULL");
  // Checkpoints would run inside somebody's commit; see checkpointer.hpp.
  db->watch_wal();
  set(*db, "journal_size_limit", std::to_string(4LL * file.wal_pages * page_bytes));
  // The small files zero whatever is deleted; a lane's turns that on only for the
  // transactions that erase a person, which every update would pay for else.
  set(*db, "secure_delete", file.shreds ? "ON" : "FAST");
  set_common(*db, file);
  return db;
}

std::unique_ptr<connection> open_for_reading(const store_file& file) {
  auto db = std::make_unique<connection>(file.path, SQLITE_OPEN_READONLY, lock_wait_ms);
  set_common(*db, file);
  return db;
}

status_result migrate(const store_file& file) try {
  auto db = open_for_writing(file);
  auto version = static_cast<int>(db->number("PRAGMA user_version"));
  if (version > file.newest_version())
    return newer(file, version);
  for (auto& step : file.schema) {
    if (step.version <= version)
      continue;
    transaction change{*db};
    db->exec(step.sql);
    set(*db, "user_version", std::to_string(step.version));
    change.commit();
  }
  return ok;
} catch (const sqlite_error& e) {
  return fault_of(e, file.path.string());
}

int version_of(const store_file& file) {
  std::error_code none;
  if (!std::filesystem::exists(file.path, none))
    return 0;
  connection db{file.path, SQLITE_OPEN_READONLY, lock_wait_ms};
  return static_cast<int>(db.number("PRAGMA user_version"));
}

} // namespace carillon
