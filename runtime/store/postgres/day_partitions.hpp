// History by days: partitions made ahead, and dropped as a whole once their day is past
// the retention. What of such a day is still to be done, or waits for a person, stays.
#pragma once

#include "messages/ports.hpp"
#include "runtime/store/postgres/session.hpp"

namespace carillon {

/// Makes the partitions of the days from `now` on that are missing. In the open transaction.
void make_days(session& in, const std::string& schema, sys_time now);
/// Drops the days that end before `before`, and removes what older days have left by rows, at most `rows` of
/// them. True: there is more. In the open transaction.
bool drop_days(session& in, const std::string& schema, sys_time before, std::size_t rows);

} // namespace carillon
