// The dispatcher's waits: requests that cannot go straight now but in a moment. One
// that went into the store would cost a write and a read more, and send all after it
// the same way. Who waits keeps a place at the door, so it is for milliseconds, and
// not again soon where it was in vain.
#include <algorithm>
#include <caf/all.hpp>

#include "actors/dispatcher.hpp"
#include "messages/ledger_address.hpp"

namespace carillon {

std::optional<queue_key> dispatcher_state::worth_waiting_for(const intake& what) const {
  if (config.patience.count() == 0 || draining || pausing || !named)
    return std::nullopt;
  std::optional<queue_key> soon;
  for (auto& w : what.deliveries) {
    if (w.d.status != delivery_status::queued)
      continue;
    queue_key queue{w.d.queue, w.d.space};
    switch (queues->way_of(queue, w.route, context->steady())) {
    case ready_queues::way::straight: return std::nullopt;
    case ready_queues::way::soon: soon = soon ? soon : queue; break;
    case ready_queues::way::store: break;
    }
  }
  return soon;
}

/// Quiet hours begin and end with a minute.
bool dispatcher_state::still_holds(const waiting_request& w) const {
  auto now = context->clock.now();
  using std::chrono::floor, std::chrono::minutes;
  return floor<minutes>(now) == floor<minutes>(w.since) && w.settings == context->settings()
         && (!w.what->n->expires_at || now < *w.what->n->expires_at);
}

void dispatcher_state::wait(const intake_ptr& what, queue_key queue) {
  auto at = waiting.end();
  if (is_urgent(what->n->priority))
    at = std::find_if(waiting.begin(), waiting.end(), [](auto& w) { return !is_urgent(w.what->n->priority); });
  waiting.insert(at, {what, std::move(queue), context->clock.now(), context->settings()});
  start_patience();
}

void dispatcher_state::start_patience() {
  if (!waiting.empty() && !std::exchange(waiting_is_timed, true))
    self_ptr->delayed_send(self_ptr, config.patience, patience_atom_v);
}

void dispatcher_state::let_in() {
  std::set<queue_key> stuck; // whoever waits for these waits on
  for (auto next = waiting.begin(); next != waiting.end();) {
    if (next->what->deliveries.size() == 1 && stuck.contains(next->queue)) {
      ++next;
    } else if (auto queue = worth_waiting_for(*next->what)) {
      next->queue = *queue;
      stuck.insert(std::move(*queue));
      ++next;
    } else {
      auto let = std::move(*next);
      next = waiting.erase(next);
      if (accept(let.what, still_holds(let))) { // what it parked closes the way of others
        stuck.clear();
        next = waiting.begin();
      }
    }
  }
}

void dispatcher_state::wait_no_longer() {
  waiting_is_timed = false;
  for (auto& w : std::exchange(waiting, {})) {
    if (w.patience_over || draining) { // it goes into the store, and all behind it must follow
      queues->gave_up(w.queue, context->steady() + config.after_vain_wait);
      accept(w.what, still_holds(w));
    } else {
      w.patience_over = true;
      waiting.push_back(std::move(w));
    }
  }
  let_in();
  start_patience();
}

void dispatcher_state::changed(const change& what) {
  auto concerns = [&](const delivery_work& w) {
    auto& [on, address] = *what.address;
    return w.d.channel == on && ledger_address(on, w.d.address) == ledger_address(on, address);
  };
  for (auto& w : std::exchange(waiting, {})) {
    auto& all = w.what->deliveries;
    if (w.what->space == what.space
        && (what.address ? std::any_of(all.begin(), all.end(), concerns) : w.what->n->user_id == what.user_id))
      accept(w.what, false);
    else
      waiting.push_back(std::move(w));
  }
  let_in();
}

} // namespace carillon
