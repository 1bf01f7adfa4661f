#include "runtime/store/control/control_schema.hpp"

#include <array>

namespace carillon {
namespace {

// `space` is tenant/mode as text: these tables are small and people read them.
// Rules and windows are JSON: they are read and written whole, with their user.
constexpr const char* control_version_1 = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE user(
  space TEXT NOT NULL,
  id TEXT NOT NULL,
  contacts TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  locale TEXT NOT NULL,
  attributes TEXT NOT NULL,
  rules TEXT NOT NULL,
  quiet_hours TEXT,
  digest TEXT NOT NULL,
  version INTEGER NOT NULL,
  preferences_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY(space, id)
) WITHOUT ROWID;

CREATE VIEW user_notification_preferences AS
SELECT user.space AS space, user.id AS user_id,
       coalesce(json_extract(rule.value, '$.name'), '*') AS notification_type,
       coalesce(json_extract(rule.value, '$.channel'), '*') AS channel,
       json_extract(rule.value, '$.enabled') AS enabled
FROM user, json_each(user.rules) AS rule;

CREATE TABLE tombstone(
  space TEXT NOT NULL,
  user_id TEXT NOT NULL,
  erased_at INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  PRIMARY KEY(space, user_id)
) WITHOUT ROWID;
CREATE INDEX unfinished_erasure ON tombstone(finished) WHERE finished = 0;

CREATE TABLE suppression(
  space TEXT NOT NULL,
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  cause TEXT NOT NULL,
  note TEXT NOT NULL,
  expires_at INTEGER,
  created_at INTEGER NOT NULL,
  PRIMARY KEY(space, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX suppressed_address ON suppression(space, channel, address);

CREATE TABLE api_key(
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  mode TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  lane TEXT,
  rate REAL,
  expires_at INTEGER,
  digest BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  revoked INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX key_of_tenant ON api_key(tenant);

CREATE TABLE feature_settings(
  feature_name TEXT PRIMARY KEY,
  config TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  version INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE breaker_order(
  provider TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

/// Mail addresses of the ledger in the form of messages/ledger_address.hpp; of two
/// that become one, one stays.
constexpr const char* control_version_2 =
  "UPDATE OR REPLACE suppression SET address = lower(address) WHERE channel = 'email';";

constexpr std::array control_migrations{
  migration{1, control_version_1},
  migration{2, control_version_2},
};

} // namespace

std::span<const migration> control_schema() {
  return control_migrations;
}

} // namespace carillon
