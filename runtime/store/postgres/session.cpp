#include "runtime/store/postgres/session.hpp"

#include <array>

namespace carillon {
namespace {

// https://www.postgresql.org/docs/15/errcodes-appendix.html
struct state_row {
  std::string_view prefix; ///< of SQLSTATE
  errc becomes;
  std::string_view text;
};
constexpr std::array sqlstates{
  state_row{"53100", errc::storage_full, "its disk is full; free space there"},
  state_row{"53", errc::store_unavailable, "it has no resources left; see its log"},
  state_row{"57014", errc::store_unavailable,
            "a statement took longer than its limit; see its log for what held it up"},
  state_row{"57", errc::store_unavailable, "it is being shut down or restarted"},
  state_row{"08", errc::store_unavailable, "the connection to it failed"},
  state_row{"25006", errc::store_unavailable, "it is read-only: a standby? give the address of the primary"},
  state_row{"25P03", errc::store_unavailable, "a transaction stood still for too long and was ended"},
  state_row{"40", errc::store_unavailable, "it gave the transaction up; the same again may succeed"},
  state_row{"42501", errc::store_unavailable, "the user lacks a right; grant it what `carillon migrate` needs"},
  state_row{"58", errc::store_unavailable, "its system failed; see its log"},
};

std::string sqlstate_of(const std::exception& what) {
  auto* sql = dynamic_cast<const pqxx::sql_error*>(&what);
  return sql != nullptr ? sql->sqlstate() : std::string{};
}

const state_row* known_state(const std::exception& what) {
  auto state = sqlstate_of(what);
  if (state.empty())
    return nullptr;
  for (auto& row : sqlstates)
    if (state.starts_with(row.prefix))
      return &row;
  return nullptr;
}

std::string settings_of(const database& where) {
  auto text = "SET search_path = " + where.schema
              + ", carillon, pg_temp; SET statement_timeout = " + std::to_string(where.statement_timeout.count())
              + "; SET idle_in_transaction_session_timeout = '10s'; SET client_min_messages = warning";
  return text;
}

} // namespace

session::session(const database& where) : connection_(where.url) {
  pqxx::nontransaction setting{connection_};
  setting.exec(settings_of(where)).no_rows();
  setting.exec("SELECT set_config('application_name', $1, false)", pqxx::params{"carillon " + where.name}).one_row();
}

pqxx::result session::run(const char* sql, const pqxx::params& with) {
  auto known = prepared_.find(sql);
  if (known == prepared_.end()) {
    auto name = "s" + std::to_string(prepared_.size());
    connection_.prepare(name, sql);
    known = prepared_.emplace(sql, std::move(name)).first;
  }
  return open_->exec(pqxx::prepped{known->second}, with);
}

void session::script(const std::string& sql) {
  open_->exec(sql);
}

void session::begin() {
  open_.reset();
  open_ = std::make_unique<pqxx::work>(connection_);
}

void session::begin_reading() {
  open_.reset();
  using snapshot = pqxx::transaction<pqxx::isolation_level::repeatable_read, pqxx::write_policy::read_only>;
  open_ = std::make_unique<snapshot>(connection_);
}

void session::commit() {
  open_->commit();
  open_.reset();
}

bool is_lost(const std::exception& what) {
  if (dynamic_cast<const pqxx::broken_connection*>(&what) != nullptr
      || dynamic_cast<const pqxx::in_doubt_error*>(&what) != nullptr)
    return true;
  auto state = sqlstate_of(what);
  return state.starts_with("08") || state.starts_with("57P") || state == "25P03" || state == "25006";
}

bool is_worth_repeating(const std::exception& what) {
  return sqlstate_of(what).starts_with("40");
}

bool concerns_server(const std::exception& what) {
  return is_lost(what) || known_state(what) != nullptr;
}

fault fault_of(const std::exception& what, const std::string& name) {
  auto detail = "PostgreSQL (" + name + "): ";
  if (auto* row = known_state(what))
    return {row->becomes,
            detail + std::string{row->text} + " (SQLSTATE " + sqlstate_of(what) + ": " + what.what() + ")",
            {},
            std::chrono::seconds{2}};
  if (is_lost(what))
    return {errc::store_unavailable,
            detail + "it cannot be reached; check that it runs and that store.url is right (" + what.what() + ")",
            {},
            std::chrono::seconds{2}};
  return {errc::internal_error, detail + what.what()};
}

} // namespace carillon
