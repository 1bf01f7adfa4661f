#include "runtime/store/filing.hpp"

#include <algorithm>

namespace carillon {
namespace {

bool is_waiting(delivery_status status) {
  return status == delivery_status::queued || status == delivery_status::scheduled;
}

} // namespace

std::int64_t due_column(const std::optional<sys_time>& due) {
  return due ? std::clamp<std::int64_t>(due->time_since_epoch().count(), 1, due_never - 1) : 0;
}

std::int64_t due_of(const delivery& d) {
  if (d.status == delivery_status::held)
    return d.expires_at ? d.expires_at->time_since_epoch().count() : due_never;
  if (!is_waiting(d.status))
    return 0;
  return d.standby ? due_never : due_column(d.due);
}

std::optional<sys_time> due_from(std::int64_t column, delivery_status status) {
  if (!is_waiting(status) || column == 0 || column == due_never)
    return std::nullopt;
  return sys_time{duration{column}};
}

void adopt(delivery& d, const notification& n) {
  d.space = n.space;
  d.user_id = n.user_id;
  d.type = n.type;
}

sys_time changed_at(const delivery& d) {
  return d.history.empty() ? time_of(d.key) : d.history.back().at;
}

sys_time last_attempt_at(const delivery& d) {
  return d.attempts.empty() ? sys_time{} : d.attempts.back().started_at;
}

std::int64_t place_of(const delivery& d) {
  return d.place.value_or(sys_time{}).time_since_epoch().count();
}

} // namespace carillon
