// What people do to notifications of the lane model: cancel, resolve, engage, redrive.
#include <algorithm>

#include "messages/transitions.hpp"
#include "tests/sim/model/lane_model.hpp"

namespace carillon::sim {

result<notification_view> lane_model::cancel(const space& where, const uuid& id, sys_time now) {
  auto view = find(where, id);
  if (!view)
    return view.error();
  bool any = false;
  for (auto& d : view->deliveries) {
    if (!may_move(d.status, delivery_status::cancelled))
      continue;
    row_guard guard{d.status, d.attempts.size()};
    d.decision = {"sender.cancel", "The sender took it back."};
    move_to(d, delivery_status::cancelled, now, d.decision);
    any |= write(d, guard);
  }
  if (!any)
    return fault{errc::nothing_to_cancel, "Every delivery has been sent, is being sent now or has ended."};
  return view;
}

result<delivery> lane_model::resolve(const space& where, const uuid& id, const uuid& delivery_id, delivery_status to,
                                     const decision& why, sys_time now) {
  auto n = known(where, id);
  auto* found = n ? row(key_of(delivery_id)) : nullptr;
  if (found == nullptr || found->id != delivery_id || found->notification_key != n->key)
    return fault{errc::not_found, "The notification has no delivery with this id."};
  if (found->status != delivery_status::held)
    return fault{errc::not_held, "Only held deliveries are resolved by hand."};
  if (!may_move(found->status, to))
    return fault{errc::internal_error, "A held delivery cannot become " + std::string{to_string(to)} + "."};
  auto d = *found;
  row_guard guard{d.status, d.attempts.size()};
  d.due.reset();
  d.decision = why;
  move_to(d, to, now, why);
  write(d, guard);
  if (to == delivery_status::failed)
    release_next(n->key, now);
  else if (to != delivery_status::queued)
    cancel_standbys(n->key, now);
  return d;
}

status_result lane_model::engage(const space& where, const uuid& id, const std::optional<uuid>& delivery_id,
                                 engagement what) {
  auto view = find(where, id);
  if (!view)
    return view.error();
  bool any = false, sent = false;
  for (auto& d : view->deliveries) {
    if (delivery_id && d.id != *delivery_id)
      continue;
    any = true;
    if (d.attempts.empty())
      continue;
    sent = true;
    auto& kept = rows_.at(d.key).engagement;
    kept = std::max(kept, what);
  }
  if (!any && delivery_id)
    return fault{errc::not_found, "The notification has no delivery with this id."};
  if (!sent)
    return fault{errc::not_sent, "No attempt was made to send it, so nobody can have seen it."};
  return ok;
}

std::vector<delivery> lane_model::redrive(const std::vector<row_key>& keys, const decision& why, sys_time now) {
  std::vector<delivery> queued;
  for (auto key : keys) {
    auto* found = row(key);
    if (found == nullptr || found->status != delivery_status::dead_lettered || is_erased(*found))
      continue;
    auto d = *found;
    row_guard guard{d.status, d.attempts.size()};
    d.due.reset();
    d.decision = why;
    d.provider_failures = 0;
    d.attempts_before = static_cast<int>(d.attempts.size());
    d.place.reset();
    move_to(d, delivery_status::queued, now, why);
    if (write(d, guard))
      queued.push_back(std::move(d));
  }
  return queued;
}

} // namespace carillon::sim
