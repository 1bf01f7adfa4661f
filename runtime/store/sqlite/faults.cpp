#include "runtime/store/sqlite/faults.hpp"

#include <array>
#include <chrono>

namespace carillon {
namespace {

struct remedy_row {
  int primary;
  errc becomes;
  bool reopen;
  std::string_view text; ///< follows the file's name
};

// SQLite reports a full disk as SQLITE_FULL, or as IOERR_WRITE where the file
// system says so only at write; both end here by their own rows.
constexpr std::array remedies{
  remedy_row{SQLITE_FULL, errc::storage_full, false, "the disk is full; free space on its file system"},
  remedy_row{SQLITE_IOERR, errc::store_unavailable, true,
             "reading or writing it failed; check the disk and the system log"},
  remedy_row{SQLITE_READONLY, errc::store_unavailable, true,
             "it cannot be written; make the file and its folder writable for this user"},
  remedy_row{SQLITE_CANTOPEN, errc::store_unavailable, true,
             "it cannot be opened; make sure its folder exists and is writable for this user"},
  remedy_row{SQLITE_PERM, errc::store_unavailable, true,
             "access is denied; make the file and its folder writable for this user"},
  remedy_row{SQLITE_CORRUPT, errc::store_unavailable, true,
             "it is damaged; restore it from a backup, or move it away to start with an empty one"},
  remedy_row{SQLITE_NOTADB, errc::store_unavailable, true,
             "it is not a SQLite database or is damaged; restore it from a backup, or move it away to start with an "
             "empty one"},
  remedy_row{SQLITE_BUSY, errc::store_unavailable, false,
             "another process keeps it locked; end that process (a backup tool, a sqlite3 shell)"},
  remedy_row{SQLITE_LOCKED, errc::store_unavailable, false, "it is locked within this process; try again"},
  remedy_row{SQLITE_NOMEM, errc::store_unavailable, false, "memory is exhausted; give the process more"},
};

const remedy_row* row_of(const sqlite_error& what) {
  for (auto& row : remedies)
    if (row.primary == what.primary())
      return &row;
  return nullptr;
}

} // namespace

fault fault_of(const sqlite_error& what, std::string_view file) {
  auto* row = row_of(what);
  auto detail = std::string{file} + ": ";
  if (row == nullptr)
    return fault{errc::internal_error, detail + what.what() + " (SQLite " + std::to_string(what.code()) + ")"};
  detail += std::string{row->text} + " (SQLite " + std::to_string(what.code()) + ": " + what.what() + ")";
  return fault{row->becomes, std::move(detail), {}, std::chrono::seconds{2}};
}

bool concerns_file(const sqlite_error& what) {
  return row_of(what) != nullptr;
}

bool needs_reopen(const sqlite_error& what) {
  auto* row = row_of(what);
  return row != nullptr && row->reopen && !is_failed_sync(what);
}

bool is_damage(const sqlite_error& what) {
  return what.primary() == SQLITE_CORRUPT || what.primary() == SQLITE_NOTADB;
}

bool is_failed_sync(const sqlite_error& what) {
  return what.code() == SQLITE_IOERR_FSYNC || what.code() == SQLITE_IOERR_DIR_FSYNC;
}

} // namespace carillon
