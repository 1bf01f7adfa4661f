#include "runtime/store/by_hand.hpp"

#include <algorithm>

#include "messages/transitions.hpp"

namespace carillon {

void scrub(delivery& d) {
  d.address.clear();
  d.decision.reason.clear();
  for (auto& a : d.attempts)
    a.detail.clear();
  for (auto& change : d.history)
    change.reason.clear();
}

std::optional<fault> misplaced(const acceptance& what) {
  if (what.deliveries.size() > bounds::deliveries)
    return fault{errc::internal_error, "A notification has " + std::to_string(what.deliveries.size())
                                         + " deliveries; the limit is " + std::to_string(bounds::deliveries) + "."};
  auto expected = what.n->key;
  for (auto& d : what.deliveries)
    if (d.key != ++expected || d.notification_key != what.n->key)
      return fault{errc::internal_error, "The deliveries of a notification must have the keys that follow its own."};
  return std::nullopt;
}

fault erased_meanwhile() {
  return {errc::overloaded,
          "The person was erased while the request was on its way; sent again, it is decided anew.",
          {},
          std::chrono::seconds{1}};
}

fault no_such_notification() {
  return {errc::not_found, "There is no notification with this id; it may have been removed after its retention."};
}

std::optional<fault> illegal(const delivery_update& what) {
  if (what.d.status == what.expected || may_move(what.expected, what.d.status))
    return std::nullopt;
  return fault{errc::internal_error, "A delivery cannot go from " + std::string{to_string(what.expected)} + " to "
                                       + std::string{to_string(what.d.status)} + "."};
}

namespace {

row_guard as_it_stands(const delivery& d, const notification& n) {
  return {d.status, d.attempts.size(), n.erased};
}

} // namespace

result<notification_view> cancel(delivery_table& in, const space& where, const uuid& id, sys_time now) {
  auto n = in.find(where, id);
  if (!n)
    return no_such_notification();
  notification_view view{n, in.deliveries_of(*n)};
  bool any = false;
  for (auto& d : view.deliveries) {
    if (!may_move(d.status, delivery_status::cancelled))
      continue;
    auto guard = as_it_stands(d, *n);
    d.decision = {"sender.cancel", "The sender took it back."};
    move_to(d, delivery_status::cancelled, now, d.decision);
    any |= in.write(d, guard);
  }
  if (!any)
    return fault{errc::nothing_to_cancel, "Every delivery has been sent, is being sent now or has ended."};
  return view;
}

result<delivery> resolve(delivery_table& in, const space& where, const uuid& id, const uuid& delivery_id,
                         delivery_status to, const decision& why, sys_time now) {
  auto n = in.find(where, id);
  if (!n)
    return no_such_notification();
  auto found = in.load(key_of(delivery_id));
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
  in.write(d, guard);
  // The siblings of routing = first wait for this outcome too.
  if (to == delivery_status::failed)
    release_next(in, n->key, now);
  else if (to != delivery_status::queued)
    cancel_standbys(in, n->key, now);
  return d;
}

status_result engage(delivery_table& in, const space& where, const uuid& id, const std::optional<uuid>& delivery_id,
                     engagement what) {
  auto n = in.find(where, id);
  if (!n)
    return no_such_notification();
  bool any = false, sent = false;
  for (auto& d : in.deliveries_of(*n)) {
    if (delivery_id && d.id != *delivery_id)
      continue;
    any = true;
    if (d.attempts.empty())
      continue;
    sent = true;
    in.engage(d.key, what);
  }
  if (!any && delivery_id)
    return fault{errc::not_found, "The notification has no delivery with this id."};
  if (!sent)
    return fault{errc::not_sent, "No attempt was made to send it, so nobody can have seen it."};
  return ok;
}

std::vector<delivery> redrive(delivery_table& in, const std::vector<row_key>& keys, const decision& why, sys_time now) {
  std::vector<delivery> queued;
  for (auto key : keys) {
    auto found = in.load(key);
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
    if (in.write(d, guard))
      queued.push_back(std::move(d));
  }
  return queued;
}

namespace {

std::vector<delivery> siblings_of(delivery_table& in, row_key notification) {
  auto n = in.load_notification(notification);
  return n ? in.deliveries_of(*n) : std::vector<delivery>{};
}

bool release(delivery_table& in, delivery& d, sys_time at) {
  row_guard guard{d.status, d.attempts.size(), false};
  d.standby = false;
  d.due.reset();
  move_to(d, delivery_status::queued, at, {"routing.first", "The channel before it did not reach the person."});
  return in.write(d, guard);
}

} // namespace

// One failed device does not release the next channel while another of the same
// channel still may, or did, reach the person. A channel is released as a whole.
std::vector<delivery> release_next(delivery_table& in, row_key notification, sys_time at) {
  if (!in.has_standbys(notification))
    return {};
  auto siblings = siblings_of(in, notification);
  auto waits = [](const delivery& d) { return d.standby && d.status == delivery_status::scheduled; };
  auto hopeful = [&](const delivery& d) {
    return !waits(d)
           && (is_unfinished(d.status) || d.status == delivery_status::sent || d.status == delivery_status::delivered);
  };
  auto next = std::find_if(siblings.begin(), siblings.end(), waits);
  if (next == siblings.end() || std::any_of(siblings.begin(), siblings.end(), hopeful))
    return {};
  std::vector<delivery> released;
  for (auto on = next->channel; next != siblings.end(); ++next)
    if (waits(*next) && next->channel == on)
      if (release(in, *next, at))
        released.push_back(*next);
  return released;
}

void cancel_standbys(delivery_table& in, row_key notification, sys_time at) {
  if (!in.has_standbys(notification))
    return;
  for (auto& d : siblings_of(in, notification)) {
    if (!d.standby || d.status != delivery_status::scheduled)
      continue;
    row_guard guard{d.status, d.attempts.size(), false};
    d.standby = false;
    move_to(d, delivery_status::cancelled, at, {"routing.first", "The delivery before it reached the person."});
    in.write(d, guard);
  }
}

std::vector<delivery> follow_up_siblings(delivery_table& in, const delivery_update& what, sys_time now) {
  auto at = what.d.history.empty() ? now : what.d.history.back().at;
  if (what.cancel_standby)
    cancel_standbys(in, what.d.notification_key, at);
  else if (what.release_standby)
    return release_next(in, what.d.notification_key, at);
  return {};
}

} // namespace carillon
