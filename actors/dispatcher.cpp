#include "actors/dispatcher.hpp"

#include <caf/all.hpp>

#include "actors/messaging.hpp"
#include "actors/policy/follow_up.hpp"
#include "actors/trail.hpp"
#include "messages/transitions.hpp"

namespace carillon {
namespace {

/// Its start is on record: until its outcome is too, the slot is taken, and so it
/// does not come back as credit if its provider dies before the call.
void hold(slot& recorded) {
  slot held{recorded.provider(), recorded.epoch(), nullptr};
  recorded.spend();
  recorded = std::move(held);
}

/// What becomes of a request once the store has answered. Runs on the store's
/// thread, so it only posts: the door is answered, started work goes to its
/// provider, and whoever must know of waiting work is told.
struct acceptance_end {
  intake_ptr what;
  peers_ptr peers;
  dispatcher_actor dispatcher;
  std::vector<queue_key> parked;
  telemetry* watch;

  void operator()(result<receipt> answer) {
    what->reservation.reset(); // before the answer: whoever has it may repeat the request
    for (auto& queue : parked) // also after a failure: the straight way opens again
      cross(dispatcher, parked_atom_v, queue);
    if (answer)
      tell(*answer);
    if (!answer || answer->replayed) {
      what->booked.give_back();
      what->answer(std::move(answer));
      return;
    }
    watch->accepted(what->n->lane, what->source,
                    std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - what->received));
    what->answer(std::move(answer));
    what->booked.keep();
    for (auto& w : what->deliveries)
      follow(w);
    what->deliveries.clear();
  }

  /// A replay names the notification of the first request.
  void tell(const receipt& kept) const {
    if (watch->wants(log_level::debug))
      watch->log(log_level::debug, kept.replayed ? "notification.replayed" : "notification.accepted",
                 {{"request_id", what->n->correlation_id},
                  {"notification_id", to_string(kept.id)},
                  {"lane", std::string{to_string(kept.lane)}},
                  {"deliveries", std::to_string(what->deliveries.size())}});
  }

  void follow(delivery_work& w) {
    auto& d = w.d;
    auto urgent = is_urgent(d.priority);
    if (d.status == delivery_status::sending) {
      hold(w.slot);
      if (auto* to = peers->provider(w.slot.provider()))
        pass(*to, urgent, send_atom_v, std::make_shared<delivery_work>(std::move(w)));
    } else if (d.status == delivery_status::scheduled && d.due) {
      pass(peers->retry_timer, urgent, due_atom_v, queue_key{d.queue, d.space}, *d.due);
    } else if (!is_unfinished(d.status)) {
      watch->delivery_reached(what->n->lane, d.channel, d.status);
      log_of(*watch, log_level::debug, "delivery.ended", what->n, d, [&] {
        return log_fields{{"status", std::string{to_string(d.status)}}, {"rule", d.decision.rule}};
      });
      if (d.status == delivery_status::suppressed)
        watch->suppressed(d.channel, d.decision.rule);
    }
  }
};

} // namespace

void dispatcher_state::fail_for_want_of_provider(delivery& d) const {
  d.decision = {"no_provider", "No provider is configured for the channel " + std::string{to_string(d.channel)} + '.'};
  d.due.reset();
  d.status = delivery_status::failed;
  d.history.push_back({d.status, context->clock.now(), d.decision.rule, d.decision.reason});
}

void dispatcher_state::begin(delivery_work& w, const ready_queues::credit& credit,
                             const std::optional<queue_key>& pulled_from) {
  w.slot = slot{credit.provider, credit.epoch, [to = self, credit, pulled_from, key = w.d.key] {
                  if (pulled_from)
                    cross(to, stall_atom_v, *pulled_from, key);
                  cross(to, credit_atom_v, credit.provider, credit.epoch, std::size_t{1});
                }};
}

namespace {

/// The delivery as it stands once its attempt is recorded.
void mark_started(delivery_work& w, sys_time now) {
  auto& d = w.d;
  attempt a;
  a.number = static_cast<int>(d.attempts.size()) + 1;
  a.provider = w.slot.provider();
  a.started_at = now;
  d.attempts.push_back(std::move(a));
  d.due.reset();
  d.standby = false;
  d.status = delivery_status::sending;
  d.history.push_back({d.status, now, {}, {}});
  w.stored = d.status;
  w.stored_attempts = d.attempts.size();
}

} // namespace

void dispatcher_state::assign_route(delivery_work& w) const {
  auto& d = w.d;
  if (!is_unfinished(d.status))
    return;
  w.route = route_of(context->config, d.channel, d.space.mode);
  if (w.route.empty())
    return fail_for_want_of_provider(d);
  d.queue = w.route.front();
}

void dispatcher_state::route(delivery_work& w, bool may_go_straight, std::vector<queue_key>& parked) {
  auto& d = w.d;
  if (d.status != delivery_status::queued)
    return;
  queue_key queue{d.queue, d.space};
  if (may_go_straight && !draining && named && queues->straight(queue))
    if (auto credit = queues->take(w.route)) {
      begin(w, *credit, std::nullopt);
      return mark_started(w, context->clock.now());
    }
  queues->parking(queue);
  parked.push_back(std::move(queue));
}

void dispatcher_state::place(const intake_ptr& what) {
  if (!peers)
    return;
  if (what->explain)
    return explain(*what);
  for (auto& w : what->deliveries)
    assign_route(w);
  if (auto queue = worth_waiting_for(*what))
    return wait(what, std::move(*queue));
  if (accept(what, true))
    let_in(); // what it parked closes the way of others
}

bool dispatcher_state::accept(const intake_ptr& what, bool may_go_straight) {
  std::vector<queue_key> parked;
  acceptance kept{what->n, {}, what->claim};
  kept.deliveries.reserve(what->deliveries.size());
  for (auto& w : what->deliveries) {
    route(w, may_go_straight, parked);
    kept.deliveries.push_back(w.d);
  }
  auto waits = !parked.empty();
  context->store.accept(std::move(kept), acceptance_end{what, peers, self, std::move(parked), &context->watch});
  return waits;
}

void dispatcher_state::explain(intake& what) {
  explanation out;
  auto now = context->clock.now();
  for (std::size_t i = 0; i < what.deliveries.size(); ++i) {
    auto& d = what.deliveries[i].d;
    auto route = route_of(context->config, d.channel, d.space.mode);
    if (is_unfinished(d.status) && route.empty())
      fail_for_want_of_provider(d);
    auto behind = d.status == delivery_status::queued && !queues->straight({route.front(), d.space});
    out.deliveries.push_back({d, std::move(route), render_for(what.n->content, d.channel), d.due.value_or(now),
                              i < what.limits.size() ? what.limits[i] : std::vector<limit_view>{}, behind});
  }
  what.explain(std::move(out));
}

/// A start with a void slot would be one more than the provider has. False: there
/// is no other slot, and the row stays where it is.
bool dispatcher_state::renew_slot(delivery_work& w, const queue_key& queue) {
  if (queues->is_current(w.slot.provider(), w.slot.epoch()))
    return true;
  w.slot.spend();
  if (auto credit = queues->take(w.route)) {
    begin(w, *credit, queue);
    return true;
  }
  queues->let_go(queue, w.d.key);
  queues->ready(queue);
  return false;
}

void dispatcher_state::place(const work_ptr& what) {
  if (draining || !peers)
    return; // dropped: the row stays in the store
  queue_key queue{what->d.queue, what->d.space};
  auto key = what->d.key;
  what->route = route_from(context->config, what->d.queue);
  if (!renew_slot(*what, queue))
    return;
  mark_started(*what, context->clock.now());
  context->store.start(
    {{key, what->d.attempts.back(), what->stored_due}},
    [what, queue, key, peers = peers, to = self, &watch = context->watch](result<std::vector<row_key>> answer) {
      if (!answer) { // the row stays ready; its slot goes back with `what`
        log_of(watch, log_level::debug, "attempt.stalled", what->n, what->d, [&] {
          return log_fields{{"reason", std::string{code_of(answer.error().code)}}};
        });
        return cross(to, stall_atom_v, queue);
      }
      cross(to, settle_atom_v, queue, key);
      if (answer->empty())
        return; // cancelled meanwhile
      hold(what->slot);
      what->booked.keep();
      if (auto* provider = peers->provider(what->slot.provider()))
        pass(*provider, is_urgent(what->d.priority), send_atom_v, what);
    });
}

/// What a status sink wrote before it died may have made work ready, and nobody was
/// told. Calls that a provider left may have been read before there was anybody to
/// end them, or have died with a retry timer.
void dispatcher_state::meet(const peers_ptr& now) {
  auto before = std::exchange(peers, now);
  if (!before || before->status_sink != now->status_sink || before->retry_timer != now->retry_timer)
    find_queues();
  for (auto& w : std::exchange(waiting, {})) // a change may be lost with the one that died
    accept(w.what, false);
  fill();
}

dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                                           context_ptr context, dispatcher_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.self_ptr = self;
  state.self = caf::actor_cast<dispatcher_actor>(self);
  state.config = config;
  state.queues = std::make_unique<ready_queues>(
    [context = state.context](const std::string& queue) { return route_from(context->config, queue); });
  return {
    [self](place_atom, const intake_ptr& what) { self->state.place(what); },
    [self](place_atom, const work_ptr& what) { self->state.place(what); },
    [self](credit_atom, const std::string& provider, std::uint64_t epoch, std::size_t n) {
      self->state.queues->grant(provider, epoch, n);
      self->state.let_in();
      self->state.fill();
      return true;
    },
    [self](pause_atom, const std::string& provider, std::uint64_t epoch) {
      self->state.queues->pause(provider, epoch);
      self->state.let_in();
      return true;
    },
    [self](ready_atom, const queue_key& queue) {
      self->state.queues->ready(queue);
      self->state.let_in();
      self->state.fill();
    },
    [self](parked_atom, const queue_key& queue) {
      self->state.queues->parked(queue);
      self->state.fill();
    },
    [self](answer_atom, const queue_key& queue, const pull_answer_ptr& answer) { self->state.pulled(queue, answer); },
    [self](answer_atom, const pulled_ptr& rows) { self->state.end_orphans(rows); },
    [self](answer_atom, const queue_list_ptr& all) { self->state.found_queues(all); },
    [self](stall_atom, const queue_key& queue) { self->state.stalled(queue); },
    [self](stall_atom, const queue_key& queue, row_key key) { self->state.dropped(queue, key); },
    [self](settle_atom, const queue_key& queue, row_key key) { self->state.settled(queue, key); },
    [self](beat_atom) { self->state.resume(); },
    [self](patience_atom) { self->state.wait_no_longer(); },
    [self](changed_atom, const change_ptr& what) { self->state.changed(*what); },
    [self](drain_atom) {
      self->state.draining = true;
      self->state.wait_no_longer();
    },
    [self](look_atom) { report_mailbox(self, *self->state.context, self->state.name); },
    [self](peers_atom, const peers_ptr& peers) { self->state.meet(peers); },
  };
}

} // namespace carillon
