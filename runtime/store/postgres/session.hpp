// One connection to PostgreSQL: how it is opened, its statements, its transactions,
// and what its errors mean.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <unordered_map>

#include "messages/errors.hpp"
#include "messages/vocabulary.hpp"

namespace carillon {

/// Where a lane's or the shared tables are, and on what terms they are used.
struct database {
  std::string url;  ///< a libpq connection string: host, TLS, user; its password may come from PGPASSWORD, PGPASSFILE
  std::string name; ///< for people, metrics and pg_stat_activity: bulk
  std::string schema = "carillon"; ///< searched before the shared one
  std::chrono::milliseconds statement_timeout = std::chrono::seconds{30};
};

/// Throws pqxx's exceptions; one thread.
class session {
public:
  explicit session(const database& where);

  /// Runs a statement of the program (never one made of input) in the open transaction; it is prepared at
  /// its first use. `sql` must live as long as the session.
  pqxx::result run(const char* sql, const pqxx::params& with = {});
  /// Several statements without parameters.
  void script(const std::string& sql);

  void begin();
  /// A snapshot that sees one instant and writes nothing.
  void begin_reading();
  void commit();
  void roll_back() { open_.reset(); }
  bool is_open() { return connection_.is_open(); }
  pqxx::transaction_base& transaction() { return *open_; }

private:
  pqxx::connection connection_;
  std::unordered_map<const char*, std::string> prepared_;
  std::unique_ptr<pqxx::transaction_base> open_;
};

/// What an exception of a session means to a caller: store_unavailable where the connection is gone or the
/// server cannot answer now, storage_full, else internal_error. `name` is the database's.
fault fault_of(const std::exception& what, const std::string& name);
/// The session is of no more use.
bool is_lost(const std::exception& what);
/// The server chose to give the transaction up; the same again may succeed.
bool is_worth_repeating(const std::exception& what);
/// It is about the server's state, not about the call that met it.
bool concerns_server(const std::exception& what);

} // namespace carillon
