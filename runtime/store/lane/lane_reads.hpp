// The reading side of a lane's file: pure functions of its rows, on a reader's
// thread. The engine's reads touch only the index of unfinished work and the
// rows they answer, however long the backlog is; doors' reads are bounded too.
#pragma once

#include "messages/ports.hpp"
#include "runtime/store/lane/lane_rows.hpp"

namespace carillon {

// lane_queues.cpp: for the engine
pull_result pull(lane_tables& in, const pull_request& what);
std::vector<pulled> in_flight(lane_tables& in, const std::string& provider, row_key after, std::size_t limit);
std::vector<queue_state> queue_states(lane_tables& in, sys_time now);
std::vector<due_entry> due_between(lane_tables& in, sys_time from, sys_time until, std::size_t limit);
/// Keys of rows that wait for the place a limit gave them: paid, never attempted.
/// The next 20,000 at most.
std::vector<row_key> reserved_places(lane_tables& in, sys_time from, std::size_t most);
std::vector<pulled> expired_held(lane_tables& in, sys_time now, std::size_t limit);
backlog_view backlog(lane_tables& in);

// lane_history.cpp: for doors, and the limits at start
result<notification_view> find_view(lane_tables& in, const space& where, const uuid& id);
notification_page list_page(lane_tables& in, const notification_filter& what);
dead_letter_page dead_letter_list(lane_tables& in, const dead_letter_filter& what);
/// Attempts since `since`, of deliveries accepted up to an hour before it (no
/// index by attempt: the hot path would pay for it) and of those on the wire, and
/// places reserved. The newest of them where reading takes longer than 0.6 s.
limit_history recent_attempts(lane_tables& in, sys_time since, sys_time now);

} // namespace carillon
