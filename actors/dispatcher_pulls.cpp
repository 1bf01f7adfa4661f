// The dispatcher's pulls: work that waits in the store, from naming its queues to
// rows in hand that are decided again.
#include <caf/all.hpp>

#include "actors/dispatcher.hpp"
#include "actors/messaging.hpp"
#include "actors/policy/follow_up.hpp"
#include "actors/stored_queues.hpp"
#include "actors/trail.hpp"

namespace carillon {
namespace {

constexpr std::size_t orphans_at_once = 10'000;

} // namespace

void dispatcher_state::find_queues() {
  ask_for_queues(context, self);
}

void dispatcher_state::found_queues(const queue_list_ptr& all) {
  named = all != nullptr;
  if (!named)
    return pause();
  auto now = context->clock.now();
  for (auto& q : *all) {
    if (q.ready || (q.next_due && *q.next_due <= now))
      queues->ready({q.queue, q.space});
    if (route_from(context->config, q.queue).empty()) // its provider is gone: nobody else reads its open calls
      read_orphans(q.queue);
  }
  let_in();
  fill();
}

void dispatcher_state::read_orphans(const std::string& queue) {
  context->store.in_flight(queue, 0, orphans_at_once, [to = self](result<std::vector<struct pulled>> rows) {
    if (!rows) // ask for the queues again, and so for these
      return cross(to, answer_atom_v, queue_list_ptr{});
    cross(to, answer_atom_v, std::make_shared<std::vector<struct pulled>>(std::move(*rows)));
  });
}

void dispatcher_state::end_orphans(const pulled_ptr& rows) {
  if (!peers)
    return;
  for (auto& row : *rows) {
    auto ended = interrupted(std::move(row), false, context->clock.now());
    log_attempt_end(context->watch, ended->n, ended->d);
    cross(peers->status_sink, report_atom_v, std::move(ended));
  }
}

void dispatcher_state::fill() {
  if (draining || pausing || !peers)
    return;
  while (auto next = queues->next_pull())
    context->store.pull(
      {next->queue.first, next->queue.second, context->clock.now(), next->limit, std::move(next->except)},
      [to = self, queue = next->queue](result<pull_result> answer) {
        cross(to, answer_atom_v, queue, answer ? std::make_shared<pull_result>(std::move(*answer)) : nullptr);
      });
}

void dispatcher_state::take_up(const queue_key& queue, struct pulled row, const ready_queues::credit& credit) {
  auto w = std::make_shared<delivery_work>();
  w->n = std::move(row.n);
  w->d = std::move(row.d);
  w->stored = w->d.status;
  w->stored_attempts = w->d.attempts.size();
  w->stored_due = w->d.due;
  queues->take_in_hand(queue, w->d.key);
  begin(*w, credit, queue);
  auto urgent = is_urgent(w->d.priority);
  pass(peers->preference_for(w->d.user_id), urgent, decide_atom_v, std::move(w));
}

void dispatcher_state::find_new_route(const queue_key& queue, struct pulled row) {
  queues->take_in_hand(queue, row.d.key);
  auto order = std::make_shared<update_order>();
  order->work = std::make_shared<delivery_work>();
  order->work->d.key = row.d.key;
  order->work->d.queue = queue.first;
  order->work->d.space = queue.second;
  order->work->slot = slot{{}, 0, [to = self, queue, key = row.d.key] { cross(to, stall_atom_v, queue, key); }};
  order->n = row.n;
  auto& d = row.d;
  order->update.expected = d.status;
  order->update.expected_attempts = static_cast<int>(d.attempts.size());
  auto route = route_of(context->config, d.channel, d.space.mode);
  if (route.empty()) {
    fail_for_want_of_provider(d);
    order->update.release_standby = true;
  } else {
    d.queue = route.front();
    d.provider_failures = 0;
  }
  order->update.d = std::move(d);
  pass(peers->status_sink, false, record_atom_v, std::move(order));
}

void dispatcher_state::pulled(const queue_key& queue, const pull_answer_ptr& answer) {
  if (!answer) {
    queues->pulled(queue, true);
    return pause();
  }
  auto route = route_from(context->config, queue.first);
  bool more = answer->more;
  if (route.empty() && !answer->rows.empty()) {
    for (auto& row : answer->rows)
      find_new_route(queue, std::move(row));
    if (more) // once these are gone; they would be read again before
      left_behind.insert(queue);
    queues->pulled(queue, false);
    return fill();
  }
  for (auto& row : answer->rows) {
    auto credit = draining ? std::nullopt : queues->take(route);
    if (!credit) { // spent meanwhile: the row stays where it is
      more = true;
      break;
    }
    take_up(queue, std::move(row), *credit);
  }
  queues->pulled(queue, more);
  let_in();
  fill();
}

void dispatcher_state::settled(const queue_key& queue, row_key key) {
  queues->let_go(queue, key);
  if (queues->straight(queue))
    let_in();
  if (left_behind.empty() || queues->holds(queue) || left_behind.erase(queue) == 0)
    return;
  queues->ready(queue);
  fill();
}

void dispatcher_state::stalled(const queue_key& queue) {
  queues->ready(queue);
  pause();
}

void dispatcher_state::dropped(const queue_key& queue, row_key key) {
  if (queues->let_go(queue, key))
    stalled(queue);
}

void dispatcher_state::pause() {
  if (!std::exchange(pausing, true))
    self_ptr->delayed_send(self_ptr, config.store_pause, beat_atom_v);
  let_in(); // nothing is read meanwhile
}

void dispatcher_state::resume() {
  pausing = false;
  if (!named)
    find_queues();
  fill();
}

} // namespace carillon
