// SQLite, wrapped once: a connection that owns its prepared statements, and a
// statement in use that resets itself. Everything below throws sqlite_error;
// writer and reader turn it into a fault at one place each (see faults.hpp).
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/id.hpp"
#include "messages/vocabulary.hpp"

namespace carillon {

/// What SQLite answered, with its extended result code.
class sqlite_error : public std::runtime_error {
public:
  sqlite_error(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  int code() const { return code_; }           ///< extended, e.g. SQLITE_IOERR_WRITE
  int primary() const { return code_ & 0xff; } ///< e.g. SQLITE_IOERR

private:
  int code_;
};

/// Bytes to bind as a BLOB; a view.
struct blob {
  std::span<const std::uint8_t> bytes;
};

/// Pages in a WAL, and how many of them from its beginning are in the database.
struct wal_length {
  int pages = 0;
  int copied = 0;
};

class connection;

/// A prepared statement on loan from its connection: bind, step, read columns;
/// goes back reset when destroyed. Text and blobs given as lvalues are bound
/// without a copy and must outlive the last `step`; rvalue strings are copied.
class statement {
public:
  statement(connection& owner, const char* sql);
  statement(statement&& other) noexcept;
  statement(const statement&) = delete;
  statement& operator=(statement&&) = delete;
  ~statement();

  /// Binds ?1, ?2, ... in order, forgetting what was bound before.
  template <class... Values>
  statement& with(Values&&... values) {
    rewind();
    int index = 0;
    (bind(++index, std::forward<Values>(values)), ...);
    return *this;
  }
  /// True while there is a row.
  bool step();
  /// Steps to the end; for statements without rows.
  void run();

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  /// Valid until the next step.
  std::string_view view(int column) const;
  uuid id(int column) const;
  std::optional<sys_time> time(int column) const; ///< NULL: nullopt
  bool is_null(int column) const;

private:
  void rewind();
  void bind(int index, std::int64_t value);
  void bind(int index, std::nullptr_t);
  void bind(int index, std::string_view value);
  void bind(int index, std::string&& value);
  void bind(int index, const std::string& value) { bind(index, std::string_view{value}); }
  void bind(int index, std::string& value) { bind(index, std::string_view{value}); }
  void bind(int index, const char* value) { bind(index, std::string_view{value}); }
  void bind(int index, blob value);
  void bind(int index, const uuid& value) { bind(index, blob{value.bytes}); }
  void bind(int index, uuid&& value) = delete;
  void bind(int index, sys_time value) { bind(index, value.time_since_epoch().count()); }
  void bind(int index, double value);
  template <class T>
  requires std::is_enum_v<T> || std::is_integral_v<T>
  void bind(int index, T value) { bind(index, static_cast<std::int64_t>(value)); }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : bind(index, nullptr);
  }
  void check(int code);

  connection* owner_;
  const char* sql_;
  sqlite3_stmt* raw_;
};

/// One connection, used by one thread at a time.
class connection {
public:
  /// `flags` are SQLITE_OPEN_...; waits at most `busy_ms` for a lock.
  connection(const std::filesystem::path& file, int flags, int busy_ms);
  connection(const connection&) = delete;
  ~connection();

  /// Runs statements that answer nothing, or whose answer does not matter.
  void exec(const char* sql);
  void exec(const std::string& sql) { exec(sql.c_str()); }
  /// A prepared statement; `sql` must be a literal, its address is the cache's key.
  statement use(const char* sql) { return statement{*this, sql}; }
  /// First column of the first row of a query, 0 without a row.
  std::int64_t number(const std::string& sql);
  /// Rows the last statement changed.
  std::int64_t changes() const { return sqlite3_changes64(raw_.get()); }
  bool in_transaction() const { return sqlite3_get_autocommit(raw_.get()) == 0; }
  /// Copies the WAL into the file as far as nobody still reads from it.
  wal_length copy_wal();
  /// The same to the end, then empties the WAL; false where a reader was in the way.
  bool truncate_wal();
  /// Writes the WAL over itself and syncs it: after a failed sync the system may
  /// take pages for written that never reached the disk, and would never try again.
  void rewrite_wal();
  /// Pages in the WAL after this connection's last commit.
  int wal_pages() const { return wal_pages_; }
  /// Keeps `wal_pages` and leaves checkpoints to the caller.
  void watch_wal();
  /// How long to wait for somebody else's lock from now on.
  void wait_for_locks(int busy_ms) { sqlite3_busy_timeout(raw_.get(), busy_ms); }
  sqlite3* raw() const { return raw_.get(); }

private:
  friend class statement;
  struct close_connection {
    void operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }
  };
  struct finalize_statement {
    void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
  };
  using statement_ptr = std::unique_ptr<sqlite3_stmt, finalize_statement>;

  bool checkpoint(int mode, wal_length& out);
  sqlite3_stmt* borrow(const char* sql);
  void give_back(const char* sql, sqlite3_stmt* raw);

  std::unique_ptr<sqlite3, close_connection> raw_;
  std::unordered_map<const char*, std::vector<statement_ptr>> idle_;
  int wal_pages_ = 0;
};

/// BEGIN IMMEDIATE now, ROLLBACK unless `commit` was called.
class transaction {
public:
  explicit transaction(connection& db) : db_(db) { db_.exec("BEGIN IMMEDIATE"); }
  transaction(const transaction&) = delete;
  ~transaction();
  void commit() { db_.exec("COMMIT"); }

private:
  connection& db_;
};

/// A read transaction: every query in its life sees one state of the file.
class snapshot {
public:
  explicit snapshot(connection& db) : db_(db) { db_.exec("BEGIN"); }
  snapshot(const snapshot&) = delete;
  ~snapshot();

private:
  connection& db_;
};

} // namespace carillon
