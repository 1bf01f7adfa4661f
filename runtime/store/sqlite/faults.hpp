// What SQLite's errors mean to a caller: which fault, in which file, with which remedy.
#pragma once

#include <string_view>

#include "messages/errors.hpp"
#include "runtime/store/sqlite/connection.hpp"

namespace carillon {

/// The fault a caller sees: storage_full where the disk is full,
/// store_unavailable where the file cannot be used now, internal_error else.
/// `file` is the file's path or name.
fault fault_of(const sqlite_error& what, std::string_view file);

/// The file or the disk is the cause, not the one call: the whole batch failed.
bool concerns_file(const sqlite_error& what);

/// The connection is not to be trusted any more and must be opened again. Not so
/// after a failed sync: opening again would recover from the WAL's file, and find
/// the refused transaction in it.
bool needs_reopen(const sqlite_error& what);

/// The file holds what it should not; it does not heal by itself.
bool is_damage(const sqlite_error& what);

/// Nobody knows what of the last writes is on the disk; see wal_keeper::mend.
bool is_failed_sync(const sqlite_error& what);

} // namespace carillon
