#include "runtime/store/postgres/schema.hpp"

#include <array>
#include <string_view>

namespace carillon {
namespace {

// "carillon", as a number that no other program will lock.
constexpr std::int64_t migration_lock = 0x6361'7269'6c6c;

/// In each lane's schema. What has ended lies in a partition a day (day_partitions.hpp); an update that ends a
/// delivery moves it there, and what is still to be done stays small.
constexpr const char* lane_tables_1 = R"sql(
CREATE TABLE notification(
  key bigint PRIMARY KEY,
  id uuid NOT NULL,
  tenant text NOT NULL,
  mode text NOT NULL,
  deliveries integer NOT NULL,
  erased boolean NOT NULL,
  priority smallint NOT NULL,
  created_at bigint NOT NULL,
  send_at bigint,
  expires_at bigint,
  user_id text NOT NULL,
  type text NOT NULL,
  category text NOT NULL,
  doc text NOT NULL
) PARTITION BY RANGE (key);
CREATE TABLE notification_rest PARTITION OF notification DEFAULT;
CREATE INDEX notification_user ON notification(tenant, mode, user_id, key);

CREATE TABLE delivery(
  ended boolean NOT NULL,
  key bigint NOT NULL,
  id uuid NOT NULL,
  notification bigint NOT NULL,
  status smallint NOT NULL,
  tenant text NOT NULL,
  mode text NOT NULL,
  queue text NOT NULL,
  home_queue text NOT NULL,
  priority smallint NOT NULL,
  due bigint NOT NULL,
  channel smallint NOT NULL,
  engagement smallint NOT NULL,
  expires_at bigint,
  attempt_count integer NOT NULL,
  attempts_before integer NOT NULL,
  last_attempt_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  provider_failures integer NOT NULL,
  place bigint NOT NULL,
  standby boolean NOT NULL,
  erased boolean NOT NULL,
  address text NOT NULL,
  rule text NOT NULL,
  reason text NOT NULL,
  attempts text NOT NULL,
  history text NOT NULL,
  PRIMARY KEY(ended, key)
) PARTITION BY LIST (ended);
CREATE TABLE delivery_open PARTITION OF delivery FOR VALUES IN (false);
ALTER TABLE delivery_open SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
                               autovacuum_vacuum_cost_delay = 0);
CREATE TABLE delivery_ended PARTITION OF delivery FOR VALUES IN (true) PARTITION BY RANGE (key);
CREATE TABLE delivery_rest PARTITION OF delivery_ended DEFAULT;
CREATE INDEX delivery_unfinished ON delivery_open(status, queue, tenant, mode, priority, due, key) WHERE status < 4;
CREATE INDEX delivery_dead ON delivery_open(key) WHERE status = 11;
CREATE INDEX delivery_reserved ON delivery_open(due) WHERE status = 0 AND place = due;
)sql";

constexpr const char* shared_tables_1 = R"sql(
CREATE TABLE idempotency_key(
  tenant text NOT NULL,
  mode text NOT NULL,
  key text NOT NULL,
  digest bytea NOT NULL,
  id uuid NOT NULL,
  kept_at bigint NOT NULL,
  PRIMARY KEY(tenant, mode, key)
);
CREATE INDEX idempotency_age ON idempotency_key(kept_at);
CREATE TABLE farewell(
  tenant text NOT NULL,
  mode text NOT NULL,
  user_id text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY(tenant, mode, user_id)
);

CREATE FUNCTION at_micros(micros bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
  RETURN timestamptz 'epoch' + micros * interval '1 microsecond';
CREATE FUNCTION priority_word(value smallint) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN (ARRAY['critical', 'high', 'medium', 'low'])[value + 1];
CREATE FUNCTION channel_word(value smallint) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN (ARRAY['email', 'sms', 'push', 'whatsapp', 'chat', 'webhook', 'in_app'])[value + 1];
CREATE FUNCTION status_word(value smallint) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN (ARRAY['scheduled', 'queued', 'sending', 'held', 'sent', 'delivered', 'suppressed', 'expired', 'cancelled',
                'failed', 'bounced', 'dead_lettered'])[value + 1];
)sql";

/// Under the names that people look for; after the lanes' tables.
constexpr const char* views_1 = R"sql(
CREATE VIEW carillon.notifications AS
  SELECT d.id, n.user_id, channel_word(d.channel) AS channel, priority_word(d.priority) AS priority,
         status_word(d.status) AS status, at_micros(n.created_at) AS created_at, at_micros(d.changed_at) AS updated_at
  FROM carillon_critical.delivery d JOIN carillon_critical.notification n ON n.key = d.notification
  UNION ALL
  SELECT d.id, n.user_id, channel_word(d.channel), priority_word(d.priority), status_word(d.status),
         at_micros(n.created_at), at_micros(d.changed_at)
  FROM carillon_bulk.delivery d JOIN carillon_bulk.notification n ON n.key = d.notification;
)sql";

struct step {
  const char* shared;
  const char* lane;
  const char* views;
};
constexpr std::array steps{step{shared_tables_1, lane_tables_1, views_1}};

void take(session& in, const step& what) {
  in.script("SET LOCAL search_path = carillon");
  in.script(what.shared);
  for (auto l : all_lanes) {
    in.script("CREATE SCHEMA IF NOT EXISTS " + schema_of(l));
    in.script("SET LOCAL search_path = " + schema_of(l) + ", carillon");
    in.script(what.lane);
  }
  in.script("SET LOCAL search_path = carillon");
  in.script(what.views);
}

fault of_newer_program(int version) {
  return {errc::store_unavailable, "PostgreSQL: its tables are of version " + std::to_string(version)
                                     + " and this program knows up to " + std::to_string(newest_postgres_version())
                                     + "; use the newer program, or give another database."};
}

} // namespace

std::string schema_of(lane l) {
  return "carillon_" + std::string{to_string(l)};
}

int newest_postgres_version() {
  return static_cast<int>(steps.size());
}

int postgres_version(session& in) {
  if (in.run("SELECT to_regclass('carillon.migration') IS NULL")[0][0].as<bool>())
    return 0;
  return in.run("SELECT coalesce(max(version), 0) FROM carillon.migration")[0][0].as<int>();
}

status_result migrate_postgres(const database& where) {
  auto terms = where;
  terms.statement_timeout = {}; // a step may take its time, and others wait for the lock
  try {
    session in{terms};
    for (;;) {
      in.begin();
      in.run("SELECT pg_advisory_xact_lock($1)", pqxx::params{migration_lock});
      auto version = postgres_version(in);
      if (version > newest_postgres_version())
        return of_newer_program(version);
      if (version == newest_postgres_version())
        return ok;
      in.script("CREATE SCHEMA IF NOT EXISTS carillon; CREATE TABLE IF NOT EXISTS carillon.migration("
                "version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
      take(in, steps.at(static_cast<std::size_t>(version)));
      in.run("INSERT INTO carillon.migration(version) VALUES ($1)", pqxx::params{version + 1});
      in.commit();
    }
  } catch (const std::exception& e) {
    return fault_of(e, where.name);
  }
}

} // namespace carillon
