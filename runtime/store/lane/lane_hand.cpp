// Changes a person makes: cancel, resolve, engagement, redrive.
#include "messages/transitions.hpp"
#include "runtime/store/lane/lane_file.hpp"

namespace carillon {
namespace {

fault no_such_notification() {
  return {errc::not_found, "There is no notification with this id; it may have been removed after its retention."};
}

row_guard as_it_stands(const delivery& d, const notification& n) {
  return {d.status, d.attempts.size(), n.erased};
}

} // namespace

result<notification_view> lane_file::cancel(const space& where, const uuid& id, sys_time now) {
  auto n = find_notification(tables(), where, id);
  if (!n)
    return no_such_notification();
  notification_view view{n, load_deliveries(tables(), *n)};
  bool any = false;
  for (auto& d : view.deliveries) {
    if (!may_move(d.status, delivery_status::cancelled))
      continue;
    auto guard = as_it_stands(d, *n);
    d.decision = {"sender.cancel", "The sender took it back."};
    move_to(d, delivery_status::cancelled, now, d.decision);
    any |= write_delivery(tables(), d, guard);
  }
  if (!any)
    return fault{errc::nothing_to_cancel, "Every delivery has been sent, is being sent now or has ended."};
  return view;
}

result<delivery> lane_file::resolve(const space& where, const uuid& id, const uuid& delivery_id, delivery_status to,
                                    const decision& why, sys_time now) {
  auto n = find_notification(tables(), where, id);
  if (!n)
    return no_such_notification();
  auto found = load_delivery(tables(), key_of(delivery_id));
  if (!found || found->d.id != delivery_id || found->d.notification_key != n->key)
    return fault{errc::not_found, "The notification has no delivery with this id."};
  auto& d = found->d;
  if (d.status != delivery_status::held)
    return fault{errc::not_held,
                 "The delivery is " + std::string{to_string(d.status)} + "; only held ones are resolved by hand."};
  if (!may_move(d.status, to))
    return fault{errc::internal_error, "A held delivery cannot become " + std::string{to_string(to)} + "."};
  auto guard = as_it_stands(d, *n);
  d.due.reset();
  d.decision = why;
  move_to(d, to, now, why);
  write_delivery(tables(), d, guard);
  // The siblings of routing = first wait for this outcome too.
  if (to == delivery_status::failed)
    release_next(n->key, now);
  else if (to != delivery_status::queued)
    cancel_standbys(n->key, now);
  return d;
}

status_result lane_file::engage(const space& where, const uuid& id, const std::optional<uuid>& delivery_id,
                                engagement what) {
  auto n = find_notification(tables(), where, id);
  if (!n)
    return no_such_notification();
  bool any = false, sent = false;
  for (auto& d : load_deliveries(tables(), *n)) {
    if (delivery_id && d.id != *delivery_id)
      continue;
    any = true;
    if (d.attempts.empty())
      continue;
    sent = true;
    db_->use("UPDATE delivery SET engagement = ?2 WHERE key = ?1 AND engagement < ?2").with(d.key, what).run();
  }
  if (!any && delivery_id)
    return fault{errc::not_found, "The notification has no delivery with this id."};
  if (!sent)
    return fault{errc::not_sent, "No attempt was made to send it, so nobody can have seen it."};
  return ok;
}

std::vector<delivery> lane_file::redrive(const std::vector<row_key>& keys, const decision& why, sys_time now) {
  std::vector<delivery> queued;
  for (auto key : keys) {
    auto found = load_delivery(tables(), key);
    if (!found || found->d.status != delivery_status::dead_lettered || found->n->erased)
      continue;
    auto& d = found->d;
    auto guard = as_it_stands(d, *found->n);
    // It starts anew: limits count it again, no provider has failed it yet, and
    // what it tried before does not count.
    d.due.reset();
    d.decision = why;
    d.provider_failures = 0;
    d.attempts_before = static_cast<int>(d.attempts.size());
    d.place.reset();
    move_to(d, delivery_status::queued, now, why);
    if (write_delivery(tables(), d, guard))
      queued.push_back(std::move(d));
  }
  return queued;
}

} // namespace carillon
