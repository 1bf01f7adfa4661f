// The tables of the distributed store, by numbered migrations.
//
//   carillon           people, keys, settings, the in-app feed, idempotency keys; views under the names people expect
//   carillon_critical  notifications and deliveries of that lane
//   carillon_bulk      the same of the other
#pragma once

#include <string>

#include "messages/errors.hpp"
#include "runtime/store/postgres/session.hpp"

namespace carillon {

std::string schema_of(lane l);

/// What this program writes.
int newest_postgres_version();
/// What stands there; 0: nothing yet. Throws.
int postgres_version(session& in);
/// Brings it to the newest version, each step in a transaction of its own; one process at a time, the others
/// wait. store_unavailable where it is of a newer program.
status_result migrate_postgres(const database& where);

} // namespace carillon
