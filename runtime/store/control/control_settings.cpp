// API keys, run-time settings and orders to breakers.
#include <algorithm>

#include "runtime/store/control/control_rows.hpp"

namespace carillon {
namespace {

/// Scopes as words with blanks between them.
std::string encode_scopes(const std::vector<scope>& all) {
  std::string out;
  for (auto one : all)
    out.append(out.empty() ? "" : " ").append(to_string(one));
  return out;
}

std::vector<scope> decode_scopes(std::string_view text) {
  std::vector<scope> all;
  while (!text.empty()) {
    auto end = std::min(text.find(' '), text.size());
    if (auto one = parse_scope(text.substr(0, end)))
      all.push_back(*one);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

api_key read_key(statement& row) {
  api_key key;
  key.id = row.text(0);
  key.space = {row.text(1), parse_mode(row.view(2)).value_or(mode::live)};
  key.name = row.text(3);
  key.scopes = decode_scopes(row.view(4));
  if (!row.is_null(5))
    key.lane = parse_lane(row.view(5));
  if (!row.is_null(6))
    key.rate = row.real(6);
  key.expires_at = row.time(7);
  auto digest = row.view(8);
  std::copy_n(digest.begin(), std::min(digest.size(), key.digest.size()), key.digest.begin());
  key.created_at = row.time(9).value_or(sys_time{});
  key.revoked = row.integer(10) != 0;
  return key;
}

} // namespace

void store_key(connection& db, const api_key& what) {
  auto scopes = encode_scopes(what.scopes);
  std::optional<std::string> bound_to;
  if (what.lane)
    bound_to = std::string{to_string(*what.lane)};
  db.use("INSERT INTO api_key(id, tenant, mode, name, scopes, lane, rate, expires_at, digest, created_at, revoked) "
         "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
    .with(what.id, what.space.tenant, to_string(what.space.mode), what.name, scopes, bound_to, what.rate,
          what.expires_at, blob{what.digest}, what.created_at, what.revoked)
    .run();
}

status_result revoke_key_row(connection& db, const std::string& tenant, const std::string& id) {
  db.use("UPDATE api_key SET revoked = 1 WHERE id = ?1 AND tenant = ?2").with(id, tenant).run();
  if (db.changes() == 0)
    return fault{errc::not_found, "There is no key with this id."};
  return ok;
}

std::vector<api_key> keys_of(connection& db, const std::string& tenant) {
  auto rows = tenant.empty() ? db.use("SELECT id, tenant, mode, name, scopes, lane, rate, expires_at, digest, "
                                      "created_at, revoked FROM api_key WHERE ?1 = '' ORDER BY id")
                             : db.use("SELECT id, tenant, mode, name, scopes, lane, rate, expires_at, digest, "
                                      "created_at, revoked FROM api_key WHERE tenant = ?1 ORDER BY id");
  rows.with(tenant);
  std::vector<api_key> all;
  while (rows.step())
    all.push_back(read_key(rows));
  return all;
}

result<versioned_json> load_setting(connection& db, const std::string& feature) {
  auto row = db.use("SELECT config, enabled, version FROM feature_settings WHERE feature_name = ?1");
  if (!row.with(feature).step())
    return fault{errc::not_found, "There is no setting of this name."};
  return versioned_json{row.text(0), row.integer(1) != 0, static_cast<std::uint64_t>(row.integer(2))};
}

result<versioned_json> store_setting(connection& db, const std::string& feature, const std::string& config,
                                     bool enabled, version_bond if_match) {
  auto known = load_setting(db, feature);
  auto version = known ? known->version : 0;
  if (!fulfils(if_match, version))
    return fault{errc::version_mismatch,
                 "It is at version " + std::to_string(version) + " now; read it again, then write with that version."};
  versioned_json stored{config, enabled, version + 1};
  db.use("INSERT OR REPLACE INTO feature_settings(feature_name, config, enabled, version) VALUES(?1, ?2, ?3, ?4)")
    .with(feature, config, enabled, stored.version)
    .run();
  return stored;
}

std::vector<std::pair<std::string, breaker_order>> load_breaker_orders(connection& db) {
  std::vector<std::pair<std::string, breaker_order>> all;
  auto rows = db.use("SELECT provider, state FROM breaker_order ORDER BY provider");
  while (rows.step())
    if (auto state = parse_breaker_order(rows.view(1)))
      all.emplace_back(rows.text(0), *state);
  return all;
}

void store_breaker_order(connection& db, const std::string& provider, breaker_order order, const std::string& reason,
                         sys_time now) {
  db.use("INSERT OR REPLACE INTO breaker_order(provider, state, reason, at) VALUES(?1, ?2, ?3, ?4)")
    .with(provider, to_string(order), reason, now)
    .run();
}

} // namespace carillon
