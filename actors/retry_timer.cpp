#include "actors/retry_timer.hpp"

#include <caf/all.hpp>

#include "actors/messaging.hpp"
#include "actors/policy/follow_up.hpp"
#include "actors/policy/sentence.hpp"
#include "actors/stored_queues.hpp"

namespace carillon {
namespace {

constexpr std::size_t held_at_once = 100;
constexpr std::chrono::milliseconds shortest_step{10}; ///< less is within what `rounded_up` allows

sys_time rounded_up(sys_time when) {
  using std::chrono::milliseconds;
  return sys_time{std::chrono::ceil<milliseconds>(when.time_since_epoch()) / 10 * 10 + milliseconds{10}};
}

} // namespace

void retry_timer_state::plan(const report_ptr& what) {
  if (!peers)
    return;
  auto now = context->clock.now();
  auto order = follow_up(context->config, *context->settings(), *what, now, random);
  auto& d = order->update.d;
  if (d.status == delivery_status::queued && d.due) {
    if (auto longer = budget->spend(now); longer > duration::zero()) {
      *d.due += longer;
      d.history.back().reason += "; the retry budget adds " + wait_text(longer);
    }
    context->watch.retried(context->lane, d.channel);
  }
  pass(peers->status_sink, is_urgent(d.priority), record_atom_v, std::move(order));
}

void retry_timer_state::waits(const queue_key& queue, sys_time until) {
  auto now = context->clock.now();
  if (until > now + config.horizon && until > read_until)
    return; // read from the store when its time comes near
  auto when = rounded_up(until);
  due[when].insert(queue);
  wake_at(when);
}

void retry_timer_state::wake_at(sys_time when) {
  auto wait = std::max(when - context->clock.now(), duration{std::chrono::milliseconds{5}});
  if (timer.set(context->steady() + wait))
    self_ptr->delayed_send(self_ptr, wait, beat_atom_v);
}

void retry_timer_state::beat() {
  if (!timer.rings(context->steady()))
    return;
  auto now = context->clock.now();
  watch_clock(now);
  while (peers && !due.empty() && due.begin()->first <= now) {
    for (auto& queue : due.begin()->second)
      cross(peers->dispatcher, ready_atom_v, queue);
    due.erase(due.begin());
  }
  if (context->steady() >= next_refresh)
    started ? refresh() : start();
  wake_at(due.empty() ? now + config.tick : std::min(due.begin()->first, now + config.tick));
}

/// Set back, even by less than a tick, it takes work that was due a moment ago for
/// work of later; nobody would wake its queue again.
void retry_timer_state::watch_clock(sys_time now) {
  auto even = context->even_time();
  auto passed = even - std::exchange(last_even_beat, even);
  if (now - std::exchange(last_beat, now) + shortest_step < passed) {
    due.clear();
    set_back = true;
    started = false;
    next_refresh = context->steady();
  }
}

/// What a status sink wrote before it died may have fallen due, and nobody was told.
void retry_timer_state::meet(const peers_ptr& now) {
  auto before = std::exchange(peers, now);
  if (!before || (before->status_sink == now->status_sink && before->dispatcher == now->dispatcher))
    return;
  if (reading && !started)
    outdated = true;
  started = false;
  next_refresh = context->steady();
  wake_at(context->clock.now());
}

void retry_timer_state::start() {
  if (std::exchange(reading, true))
    return;
  read_until = context->clock.now();
  ask_for_queues(context, self);
}

void retry_timer_state::found_queues(const queue_list_ptr& all) {
  reading = false;
  if (std::exchange(outdated, false))
    return start();
  if (!all) {
    next_refresh = context->steady() + config.tick;
    return;
  }
  started = true;
  read_until = std::min(read_until, context->clock.now()); // it may have been set back meanwhile
  for (auto& q : *all) {
    if (q.next_due)
      waits({q.queue, q.space}, *q.next_due);
    if (set_back && peers)
      cross(peers->dispatcher, ready_atom_v, queue_key{q.queue, q.space});
  }
  set_back = false;
  refresh();
}

void retry_timer_state::refresh() {
  if (std::exchange(reading, true))
    return;
  next_refresh = context->steady() + config.refresh;
  auto now = context->clock.now();
  auto until = std::max(read_until, now + config.horizon);
  context->store.due_between(
    read_until, until, config.entries, [to = self, until](result<std::vector<due_entry>> answer) {
      cross(to, answer_atom_v, answer ? std::make_shared<std::vector<due_entry>>(std::move(*answer)) : nullptr, until);
    });
  context->store.expired_held(now, held_at_once, [to = self](result<std::vector<pulled>> answer) {
    if (answer && !answer->empty())
      cross(to, answer_atom_v, std::make_shared<std::vector<pulled>>(std::move(*answer)));
  });
}

void retry_timer_state::read(const due_list_ptr& entries, sys_time until) {
  reading = false;
  if (!entries) {
    next_refresh = context->steady() + config.tick;
    return;
  }
  for (auto& entry : *entries)
    if (entry.due <= until)
      due[rounded_up(entry.due)].insert({entry.queue, entry.space});
  if (!due.empty())
    wake_at(due.begin()->first);
  read_until = std::min(until, context->clock.now() + config.horizon);
  if (entries->size() == config.entries) {          // there is more before the horizon: read on soon
    read_until = entries->back().due - duration{1}; // another queue may share that instant
    next_refresh = context->steady() + config.tick;
  }
}

void retry_timer_state::expire(const pulled_ptr& held) {
  if (!peers)
    return;
  for (auto& row : *held) {
    auto order = std::make_shared<update_order>();
    order->n = row.n;
    order->update = {row.d, row.d.status, static_cast<int>(row.d.attempts.size())};
    move_to(order->update.d, delivery_status::expired, context->clock.now(),
            {"expired", "Its outcome stayed unknown until it expired."});
    order->update.d.decision = {"expired", "Its outcome stayed unknown until it expired."};
    order->update.release_standby = true;
    pass(peers->status_sink, false, record_atom_v, std::move(order));
  }
}

retry_timer_actor::behavior_type retry_timer(retry_timer_actor::stateful_pointer<retry_timer_state> self,
                                             context_ptr context, retry_timer_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.config = config;
  state.self_ptr = self;
  state.self = caf::actor_cast<retry_timer_actor>(self);
  state.budget = std::make_unique<retry_budget>(state.context->config.retry_budget);
  state.random.seed(state.context->seed);
  state.timer.set(state.context->steady());
  cross(state.self, beat_atom_v);
  return {
    [self](plan_atom, const report_ptr& what) { self->state.plan(what); },
    [self](due_atom, const queue_key& queue, sys_time until) { self->state.waits(queue, until); },
    [self](answer_atom, const queue_list_ptr& all) { self->state.found_queues(all); },
    [self](answer_atom, const due_list_ptr& entries, sys_time until) { self->state.read(entries, until); },
    [self](answer_atom, const pulled_ptr& held) { self->state.expire(held); },
    [self](credit_atom, std::size_t first_attempts) {
      self->state.budget->earn(first_attempts, self->state.context->clock.now());
    },
    [self](beat_atom) { self->state.beat(); },
    [self](look_atom) { report_mailbox(self, *self->state.context, self->state.name); },
    [self](peers_atom, const peers_ptr& peers) { self->state.meet(peers); },
  };
}

} // namespace carillon
