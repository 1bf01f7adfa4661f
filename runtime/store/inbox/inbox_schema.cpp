#include "runtime/store/inbox/inbox_schema.hpp"

#include <array>

namespace carillon {
namespace {

// The key of a delivery is unique within its lane only, so it cannot be the
// rowid here, where both lanes' deliveries come together.
constexpr const char* inbox_version_1 = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE item(
  row INTEGER PRIMARY KEY,
  key INTEGER NOT NULL,
  state INTEGER NOT NULL,
  delivery_id BLOB NOT NULL,
  notification_id BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  space TEXT NOT NULL,
  user_id TEXT NOT NULL,
  type TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  data TEXT NOT NULL
);
CREATE UNIQUE INDEX feed ON item(space, user_id, key, delivery_id);
CREATE INDEX feed_state ON item(space, user_id, state, key);
)sql";

// A page of one state goes on behind an item, which its id tells from the other lane's.
constexpr const char* inbox_version_2 = R"sql(
DROP INDEX feed_state;
CREATE INDEX feed_state ON item(space, user_id, state, key, delivery_id);
)sql";

constexpr std::array inbox_migrations{
  migration{1, inbox_version_1},
  migration{2, inbox_version_2},
};

} // namespace

std::span<const migration> inbox_schema() {
  return inbox_migrations;
}

} // namespace carillon
