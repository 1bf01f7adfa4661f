#include "runtime/store/sqlite/connection.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace carillon {
namespace {

[[noreturn]] void fail(sqlite3* raw, int code) {
  throw sqlite_error{code, raw != nullptr ? sqlite3_errmsg(raw) : sqlite3_errstr(code)};
}

} // namespace

// ---------------------------------------------------------------- statement

statement::statement(connection& owner, const char* sql) : owner_(&owner), sql_(sql), raw_(owner.borrow(sql)) {}

statement::statement(statement&& other) noexcept
    : owner_(other.owner_), sql_(other.sql_), raw_(std::exchange(other.raw_, nullptr)) {}

statement::~statement() {
  if (raw_ != nullptr)
    owner_->give_back(sql_, raw_);
}

void statement::check(int code) {
  if (code != SQLITE_OK)
    fail(owner_->raw(), code);
}

void statement::rewind() {
  sqlite3_reset(raw_);
}

bool statement::step() {
  auto code = sqlite3_step(raw_);
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE)
    fail(owner_->raw(), code);
  return false;
}

void statement::run() {
  while (step()) {
  }
}

void statement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(raw_, index, value));
}

void statement::bind(int index, double value) {
  check(sqlite3_bind_double(raw_, index, value));
}

void statement::bind(int index, std::nullptr_t) {
  check(sqlite3_bind_null(raw_, index));
}

// An empty view may have a null pointer, which SQLite would take for NULL.
void statement::bind(int index, std::string_view value) {
  auto* data = value.empty() ? "" : value.data();
  check(sqlite3_bind_text64(raw_, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind(int index, std::string&& value) {
  // SQLITE_TRANSIENT is a C cast of -1 to a function pointer; a copy owned by
  // SQLite says the same.
  auto* copy = static_cast<char*>(sqlite3_malloc64(value.size() + 1));
  if (copy == nullptr)
    fail(owner_->raw(), SQLITE_NOMEM);
  std::copy(value.begin(), value.end(), copy);
  check(sqlite3_bind_text64(raw_, index, copy, value.size(), sqlite3_free, SQLITE_UTF8));
}

void statement::bind(int index, blob value) {
  check(sqlite3_bind_blob64(raw_, index, value.bytes.data(), value.bytes.size(), SQLITE_STATIC));
}

std::int64_t statement::integer(int column) const {
  return sqlite3_column_int64(raw_, column);
}

double statement::real(int column) const {
  return sqlite3_column_double(raw_, column);
}

std::string_view statement::view(int column) const {
  auto* data = static_cast<const char*>(sqlite3_column_blob(raw_, column));
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(raw_, column));
  return data != nullptr ? std::string_view{data, size} : std::string_view{};
}

std::string statement::text(int column) const {
  return std::string{view(column)};
}

uuid statement::id(int column) const {
  uuid value;
  auto bytes = view(column);
  std::copy_n(bytes.begin(), std::min(bytes.size(), value.bytes.size()), value.bytes.begin());
  return value;
}

std::optional<sys_time> statement::time(int column) const {
  if (is_null(column))
    return std::nullopt;
  return sys_time{duration{integer(column)}};
}

bool statement::is_null(int column) const {
  return sqlite3_column_type(raw_, column) == SQLITE_NULL;
}

// ---------------------------------------------------------------- connection

connection::connection(const std::filesystem::path& file, int flags, int busy_ms) {
  sqlite3* raw = nullptr;
  auto code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  raw_.reset(raw);
  if (code != SQLITE_OK)
    fail(raw, code);
  sqlite3_busy_timeout(raw, busy_ms);
}

connection::~connection() {
  idle_.clear();
}

void connection::exec(const char* sql) {
  auto code = sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    fail(raw_.get(), code);
}

std::int64_t connection::number(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  auto code = sqlite3_prepare_v2(raw_.get(), sql.c_str(), -1, &raw, nullptr);
  statement_ptr owned{raw};
  if (code != SQLITE_OK)
    fail(raw_.get(), code);
  code = sqlite3_step(raw);
  if (code == SQLITE_ROW)
    return sqlite3_column_int64(raw, 0);
  if (code != SQLITE_DONE)
    fail(raw_.get(), code);
  return 0;
}

wal_length connection::copy_wal() {
  wal_length out;
  checkpoint(SQLITE_CHECKPOINT_PASSIVE, out);
  return out;
}

bool connection::truncate_wal() {
  wal_length out;
  auto emptied = checkpoint(SQLITE_CHECKPOINT_TRUNCATE, out);
  if (emptied)
    wal_pages_ = 0;
  return emptied;
}

bool connection::checkpoint(int mode, wal_length& out) {
  auto code = sqlite3_wal_checkpoint_v2(raw_.get(), "main", mode, &out.pages, &out.copied);
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
    return false;
  if (code != SQLITE_OK)
    fail(raw_.get(), code);
  return true;
}

void connection::rewrite_wal() {
  number("PRAGMA schema_version"); // a connection opens its WAL at its first read
  sqlite3_file* wal = nullptr;
  sqlite3_file_control(raw_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (wal == nullptr || wal->pMethods == nullptr)
    return;
  auto check = [](int code) {
    if (code != SQLITE_OK)
      throw sqlite_error{code, sqlite3_errstr(code)};
  };
  sqlite3_int64 bytes = 0;
  check(wal->pMethods->xFileSize(wal, &bytes));
  std::vector<char> piece(64UL * 1024);
  for (sqlite3_int64 at = 0; at < bytes; at += static_cast<sqlite3_int64>(piece.size())) {
    auto length = static_cast<int>(std::min<sqlite3_int64>(bytes - at, static_cast<sqlite3_int64>(piece.size())));
    check(wal->pMethods->xRead(wal, piece.data(), length, at));
    check(wal->pMethods->xWrite(wal, piece.data(), length, at));
  }
  check(wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL));
}

void connection::watch_wal() {
  auto note = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(raw_.get(), note, &wal_pages_);
}

sqlite3_stmt* connection::borrow(const char* sql) {
  auto& spare = idle_[sql];
  if (!spare.empty()) {
    auto* raw = spare.back().release();
    spare.pop_back();
    return raw;
  }
  sqlite3_stmt* raw = nullptr;
  auto code = sqlite3_prepare_v3(raw_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK)
    fail(raw_.get(), code);
  return raw;
}

void connection::give_back(const char* sql, sqlite3_stmt* raw) {
  statement_ptr owned{raw};
  sqlite3_reset(raw);
  sqlite3_clear_bindings(raw);
  idle_[sql].push_back(std::move(owned));
}

// ---------------------------------------------------------------- transactions

// A ROLLBACK that fails leaves nothing to do: the transaction is gone already.
transaction::~transaction() {
  if (db_.in_transaction())
    sqlite3_exec(db_.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

snapshot::~snapshot() {
  if (db_.in_transaction())
    sqlite3_exec(db_.raw(), "COMMIT", nullptr, nullptr, nullptr);
}

} // namespace carillon
