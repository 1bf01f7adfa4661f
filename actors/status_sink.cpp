#include "actors/status_sink.hpp"

#include <caf/all.hpp>

#include "actors/messaging.hpp"
#include "actors/policy/sentence.hpp"
#include "actors/trail.hpp"
#include "messages/transitions.hpp"

namespace carillon {
namespace {

suppression dead_address(const delivery& d, std::string id) {
  suppression s;
  s.id = std::move(id);
  s.space = d.space;
  s.channel = d.channel;
  s.address = d.address;
  s.cause = d.channel == channel::push ? suppression_cause::dead_token : suppression_cause::hard_bounce;
  auto& last = d.attempts.back();
  s.note = last.provider + " answered " + last.code;
  return s;
}

/// Both start from the same state of the delivery: the store would take only one of them.
bool same_step(const delivery_update& a, const delivery_update& b) {
  return a.expected == b.expected && a.expected_attempts == b.expected_attempts;
}

/// What a person should see without being asked is a warning; what a person may look
/// for after a failure, information; what goes well grows with traffic.
std::pair<log_level, std::string_view> line_of(const delivery_update& what) {
  auto made = what.expected == delivery_status::sending
              && what.d.attempts.size() == static_cast<std::size_t>(what.expected_attempts);
  switch (what.d.status) {
  case delivery_status::failed:
  case delivery_status::dead_lettered: return {log_level::warning, "delivery.failed"};
  case delivery_status::held: return {log_level::warning, "delivery.held"};
  case delivery_status::queued:
    return made ? std::pair{log_level::info, std::string_view{"delivery.retry_planned"}}
                : std::pair{log_level::debug, std::string_view{"delivery.handed_back"}};
  case delivery_status::scheduled: return {log_level::debug, "delivery.postponed"};
  default: return {log_level::debug, "delivery.ended"};
  }
}

} // namespace

void status_sink_state::reported(const report_ptr& what) {
  if (!peers)
    return; // the provider sends it again to a sink that has peers
  auto& d = what->d;
  if (!what->attempted)
    return record(take_back(context->config, *context->settings(), *what, context->clock.now()));
  if (d.attempts.size() == 1)
    cross(peers->retry_timer, credit_atom_v, std::size_t{1});
  if (d.attempts.back().outcome != outcome::accepted)
    return pass(peers->retry_timer, is_urgent(d.priority), plan_atom_v, what);
  record(follow_up(context->config, *context->settings(), *what, context->clock.now(), random));
}

void status_sink_state::record(const order_ptr& what) {
  auto& line = pending[what->update.d.key];
  for (auto& known : line)
    if (same_step(known->update, what->update))
      return; // being written already: a provider repeated itself after a restart
  line.push_back(what);
  if (line.size() == 1)
    begin(*what);
}

void status_sink_state::begin(const update_order& what) {
  if (what.suppress_address && !what.update.d.address.empty())
    suppress(what);
  else
    write(what);
}

/// First the ledger, then the outcome: a crash between the two repeats the attempt
/// instead of forgetting that the address is dead.
void status_sink_state::suppress(const update_order& what) {
  auto key = what.update.d.key;
  change news{what.update.d.space, {}, std::pair{what.update.d.channel, what.update.d.address}};
  auto id = to_string(context->ids.make(context->ids.reserve(context->clock.now(), 1)));
  context->control.add_suppression(dead_address(what.update.d, std::move(id)),
                                   [to = self, key, context = context, news](result<suppression> answer) {
                                     if (!answer)
                                       return cross(to, answer_atom_v, key);
                                     context->announce(news);
                                     cross(to, changed_atom_v, key);
                                   });
}

void status_sink_state::write(const update_order& what) {
  // What the work booked is kept here, and not where the answer arrives: by then this
  // actor may have died, and the row waits for its place all the same.
  context->store.update(what.update,
                        [to = self, key = what.update.d.key, work = what.work](result<update_result> answer) {
                          if (work && answer && answer->applied)
                            work->booked.keep();
                          if (answer)
                            cross(to, answer_atom_v, key, std::move(*answer));
                          else
                            cross(to, answer_atom_v, key);
                        });
}

void status_sink_state::written(row_key key, const update_result& answer) {
  auto found = pending.find(key);
  if (found == pending.end())
    return;
  auto order = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty())
    pending.erase(found);
  else
    begin(*found->second.front());
  settle(*order);
  if (!answer.applied)
    return; // cancelled or resolved meanwhile: that stands
  follow(*order);
  for (auto& sibling : answer.released)
    release(sibling);
}

void status_sink_state::settle(const update_order& what) {
  auto key = what.update.d.key;
  if (auto* provider = what.settle_with.empty() ? nullptr : peers->provider(what.settle_with))
    cross(*provider, settle_atom_v, key);
  if (what.work) // ended, or waits for a time: not to be read again now
    cross(peers->dispatcher, settle_atom_v, queue_key{what.work->d.queue, what.work->d.space}, key);
}

void status_sink_state::follow(const update_order& what) {
  auto& d = what.update.d;
  queue_key queue{d.queue, d.space};
  if (d.due && is_unfinished(d.status))
    pass(peers->retry_timer, is_urgent(d.priority), due_atom_v, queue, *d.due);
  else if (d.status == delivery_status::queued)
    pass(peers->dispatcher, is_urgent(d.priority), ready_atom_v, queue);
  context->watch.delivery_reached(context->lane, d.channel, d.status);
  if (d.status == delivery_status::suppressed)
    context->watch.suppressed(d.channel, d.decision.rule);
  tell(what);
}

void status_sink_state::tell(const update_order& what) const {
  auto& d = what.update.d;
  auto [level, event] = line_of(what.update);
  log_of(context->watch, level, event, what.n, d, [&] {
    auto why = d.history.empty() || d.history.back().rule.empty() ? d.decision.rule : d.history.back().rule;
    log_fields fields{{"status", std::string{to_string(d.status)}}, {"rule", std::move(why)}};
    if (d.due && is_unfinished(d.status))
      fields.emplace_back("next_attempt_at", instant_text(*d.due));
    return fields;
  });
}

void status_sink_state::release(const delivery& sibling) {
  pass(peers->dispatcher, is_urgent(sibling.priority), ready_atom_v, queue_key{sibling.queue, sibling.space});
}

void status_sink_state::failed(row_key key) {
  if (auto found = pending.find(key); found != pending.end())
    log_of(context->watch, log_level::debug, "delivery.stalled", found->second.front()->n,
           found->second.front()->update.d, [] {
             return log_fields{{"reason", "the store could not write it"}};
           });
  if (refused.empty())
    self_ptr->delayed_send(self_ptr, config.store_pause, beat_atom_v);
  refused.push_back(key);
}

void status_sink_state::beat() {
  for (auto key : std::exchange(refused, {}))
    if (auto found = pending.find(key); found != pending.end())
      begin(*found->second.front());
}

status_sink_actor::behavior_type status_sink(status_sink_actor::stateful_pointer<status_sink_state> self,
                                             context_ptr context, status_sink_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.config = config;
  state.self_ptr = self;
  state.self = caf::actor_cast<status_sink_actor>(self);
  state.random.seed(state.context->seed);
  return {
    [self](report_atom, const report_ptr& what) { self->state.reported(what); },
    [self](record_atom, const order_ptr& what) { self->state.record(what); },
    [self](answer_atom, row_key key, const update_result& answer) { self->state.written(key, answer); },
    [self](answer_atom, row_key key) { self->state.failed(key); },
    [self](changed_atom, row_key key) {
      if (auto found = self->state.pending.find(key); found != self->state.pending.end())
        self->state.write(*found->second.front());
    },
    [self](beat_atom) { self->state.beat(); },
    [self](look_atom) { report_mailbox(self, *self->state.context, self->state.name); },
    [self](peers_atom, const peers_ptr& peers) { self->state.peers = peers; },
  };
}

} // namespace carillon
