#include "actors/policy/standby.hpp"

#include <algorithm>

#include "messages/transitions.hpp"

namespace carillon {
namespace {

bool is_waiting(const delivery_work& w) {
  return w.d.standby && w.d.status == delivery_status::scheduled;
}

void mark(delivery& d, delivery_status status, decision why, sys_time now) {
  d.status = status;
  d.due.reset();
  d.decision = why;
  d.history.push_back({status, now, std::move(why.rule), std::move(why.reason)});
}

} // namespace

void stand_by(std::vector<delivery_work>& deliveries, sys_time now) {
  auto first = std::find_if(deliveries.begin(), deliveries.end(), [](auto& w) { return is_unfinished(w.d.status); });
  if (first == deliveries.end())
    return;
  auto on = first->d.channel;
  for (; first != deliveries.end(); ++first) {
    auto& d = first->d;
    if (d.channel == on || !is_unfinished(d.status))
      continue;
    d.standby = true;
    d.history.clear();
    mark(d, delivery_status::scheduled, {"routing.first", "Used only if " + std::string{to_string(on)} + " fails."},
         now);
  }
}

bool release_standby(std::vector<delivery_work>& deliveries, sys_time now) {
  auto next = std::find_if(deliveries.begin(), deliveries.end(), is_waiting);
  auto under_way = [](auto& w) { return is_unfinished(w.d.status) && !is_waiting(w); };
  if (next == deliveries.end() || std::any_of(deliveries.begin(), deliveries.end(), under_way))
    return false;
  auto on = next->d.channel;
  for (auto& w : deliveries)
    if (is_waiting(w) && w.d.channel == on) {
      w.d.standby = false;
      mark(w.d, delivery_status::queued, {"routing.first", "The channel before it cannot be used."}, now);
    }
  return true;
}

} // namespace carillon
