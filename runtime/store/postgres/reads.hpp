// What the engine and doors read of a lane's tables. In the session's open snapshot.
#pragma once

#include <vector>

#include "runtime/store/postgres/rows.hpp"

namespace carillon {

/// `set_back`: rows may wait for an instant that was counted before the clock was set back.
pull_result pull(session& in, const pull_request& what, bool set_back);
std::vector<pulled> in_flight(session& in, const std::string& provider, row_key after, std::size_t limit);
std::vector<queue_state> queue_states(session& in, sys_time now, bool set_back);
std::vector<due_entry> due_between(session& in, sys_time from, sys_time until, std::size_t limit);
limit_history recent_attempts(session& in, sys_time since, sys_time now);
std::vector<pulled> expired_held(session& in, sys_time now, std::size_t limit);

/// Finished notifications whose key is below `retained` count as gone.
result<notification_view> find_view(session& in, const space& where, const uuid& id, row_key retained);
notification_page list_page(session& in, const notification_filter& what, row_key retained);
dead_letter_page dead_letter_list(session& in, const dead_letter_filter& what, row_key retained);
backlog_view backlog(session& in);

} // namespace carillon
