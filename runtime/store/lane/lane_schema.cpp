#include "runtime/store/lane/lane_schema.hpp"

#include <array>

namespace carillon {
namespace {

// Row keys are rowids (messages/id.hpp), so a look-up by id needs no index and
// rows lie in acceptance order. Deliveries of a notification have the keys that
// follow its own: siblings are a rowid range.
//
// delivery.queue is what the index of unfinished work files a row under: the
// provider that has the call while it is `sending`, else home_queue.
// delivery.due is the index's instant: 0 ready in acceptance order, the largest
// integer for a standby; for `held` rows it is their expiry.
// attempts and history are JSON objects joined by commas, without the brackets,
// so that recording a start appends and reads nothing.
constexpr const char* lane_version_1 = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE space(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE queue(id INTEGER PRIMARY KEY, space INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE(name, space));

CREATE TABLE notification(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  space INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  erased INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  send_at INTEGER,
  expires_at INTEGER,
  user_id TEXT NOT NULL,
  type TEXT NOT NULL,
  category TEXT NOT NULL,
  doc TEXT NOT NULL
);

CREATE TABLE delivery(
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  notification INTEGER NOT NULL,
  status INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  home_queue INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  due INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  engagement INTEGER NOT NULL,
  expires_at INTEGER,
  attempt_count INTEGER NOT NULL,
  last_attempt_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  provider_failures INTEGER NOT NULL,
  limits_paid INTEGER NOT NULL,
  standby INTEGER NOT NULL,
  erased INTEGER NOT NULL,
  address TEXT NOT NULL,
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts TEXT NOT NULL,
  history TEXT NOT NULL
);
CREATE INDEX unfinished ON delivery(status, queue, priority, due) WHERE status < 4;
CREATE INDEX dead_letter ON delivery(status) WHERE status = 11;

CREATE TABLE user_index(
  bucket INTEGER NOT NULL,
  user INTEGER NOT NULL,
  key INTEGER NOT NULL,
  PRIMARY KEY(bucket, user, key)
) WITHOUT ROWID;

CREATE TABLE claim_log(
  seq INTEGER PRIMARY KEY,
  period INTEGER NOT NULL,
  key BLOB NOT NULL,
  digest BLOB NOT NULL,
  id BLOB NOT NULL
);
CREATE TABLE claim_period(slot INTEGER PRIMARY KEY, period INTEGER NOT NULL);
CREATE TABLE claim_0(key BLOB PRIMARY KEY, digest BLOB NOT NULL, id BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE claim_1(key BLOB PRIMARY KEY, digest BLOB NOT NULL, id BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE claim_2(key BLOB PRIMARY KEY, digest BLOB NOT NULL, id BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE claim_3(key BLOB PRIMARY KEY, digest BLOB NOT NULL, id BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE claim_4(key BLOB PRIMARY KEY, digest BLOB NOT NULL, id BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE claim_5(key BLOB PRIMARY KEY, digest BLOB NOT NULL, id BLOB NOT NULL) WITHOUT ROWID;
)sql";

/// Attempts before the last redrive, which no longer count towards max_attempts.
constexpr const char* lane_version_2 = "ALTER TABLE delivery ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;";

/// Places that a limit gave to deliveries that were not attempted yet: few among
/// many that wait for their sender's time.
constexpr const char* lane_version_3 =
  "CREATE INDEX reserved ON delivery(due) WHERE status = 0 AND limits_paid = 1 AND attempt_count = 0;";

/// The instant of the place itself; 0: it never had one. What waits for its place is
/// due then. Places of before whose instant is not known any more count as lost (1).
constexpr const char* version_4 = R"sql(
UPDATE delivery SET limits_paid = due WHERE status = 0 AND limits_paid = 1 AND attempt_count = 0;
DROP INDEX reserved;
ALTER TABLE delivery RENAME COLUMN limits_paid TO place;
CREATE INDEX reserved ON delivery(due) WHERE status = 0 AND place = due;
)sql";

constexpr std::array lane_migrations{
  migration{1, lane_version_1},
  migration{2, lane_version_2},
  migration{3, lane_version_3},
  migration{4, version_4},
};

} // namespace

std::span<const migration> lane_schema() {
  return lane_migrations;
}

} // namespace carillon
