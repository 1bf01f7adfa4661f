#include "actors/supervisor.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/dispatcher.hpp"
#include "actors/ingest.hpp"
#include "actors/messaging.hpp"
#include "actors/preference.hpp"
#include "actors/provider.hpp"
#include "actors/retry_timer.hpp"
#include "actors/status_sink.hpp"
#include "actors/throttle.hpp"

namespace carillon {
namespace {

/// Test mode's provider takes every channel.
provider_options test_sandbox_options() {
  provider_options p;
  p.name = test_provider;
  p.protocol = "sandbox";
  return p;
}

std::vector<provider_options> providers_of(const options& config) {
  std::vector<provider_options> all;
  for (auto& [name, p] : config.providers)
    all.push_back(p);
  all.push_back(test_sandbox_options());
  return all;
}

} // namespace

/// The literal table of children: who they are and where peers find them.
void supervisor_state::list_children() {
  auto& lane = context->config.lanes.at(context->lane);
  auto add = [this](std::string child_name, std::function<caf::actor(lane_peers&)> how) {
    children.push_back({std::move(child_name), std::move(how), {}, restart_policy{config.restarts}});
  };
  auto keep = [](auto& place, auto handle) {
    place = handle;
    return caf::actor_cast<caf::actor>(handle);
  };
  add("status_sink", [=, this](lane_peers& p) {
    return keep(p.status_sink, self->spawn(status_sink, context, status_sink_config{}));
  });
  add("retry_timer", [=, this](lane_peers& p) {
    return keep(p.retry_timer, self->spawn(retry_timer, context, retry_timer_config{}));
  });
  add("dispatcher",
      [=, this](lane_peers& p) { return keep(p.dispatcher, self->spawn(dispatcher, context, dispatcher_config{})); });
  auto providers = providers_of(context->config);
  auto share = std::max<std::size_t>(1, lane.window / providers.size());
  peers.providers.resize(providers.size());
  for (std::size_t i = 0; i < providers.size(); ++i) {
    provider_config each{.options = providers[i], .slots = std::min(providers[i].in_flight, share)};
    peers.providers[i].first = providers[i].name;
    add("provider." + providers[i].name,
        [=, this](lane_peers& p) { return keep(p.providers[i].second, self->spawn(provider, context, each)); });
  }
  add("throttle",
      [=, this](lane_peers& p) { return keep(p.throttle, self->spawn(throttle, context, throttle_config{})); });
  peers.preferences.resize(lane.threads);
  for (std::size_t i = 0; i < lane.threads; ++i)
    add("preference." + std::to_string(i), [=, this](lane_peers& p) {
      preference_config each{.cached_people = std::max<std::size_t>(1, lane.preference_cache / lane.threads),
                             .child_name = "preference." + std::to_string(i)};
      return keep(p.preferences[i], self->spawn(preference, context, each));
    });
  add("ingest", [=, this](lane_peers& p) {
    return keep(p.ingest, self->spawn(ingest, context, ingest_config{.per_tenant_rate = lane.per_tenant_rate}));
  });
}

supervisor_state::~supervisor_state() {
  for (auto& c : children)
    if (c.handle)
      caf::anon_send_exit(c.handle, caf::exit_reason::user_shutdown);
}

void supervisor_state::spawn(child& c) {
  c.handle = c.spawn(peers);
  record->running[c.name] = c.handle;
  c.restart_at.reset();
  c.is_new = true;
  self->monitor(c.handle);
}

/// Overtakes, and reaches new children first: nobody writes to them before they know
/// their peers. Then the doors, which would talk to the dead until they know.
void supervisor_state::publish() {
  auto now = std::make_shared<const lane_peers>(peers);
  auto tell = [&](bool is_new) {
    for (auto& c : children)
      if (c.is_new == is_new)
        pass(c.handle, true, peers_atom_v, now);
  };
  tell(true);
  context->publish(now);
  tell(false);
  for (auto& c : children)
    c.is_new = false;
}

void supervisor_state::look_at_health() {
  record->view.healthy = record->intensity.now(context->steady()) == restart_intensity::level::calm;
  if (record->view.healthy)
    record->view.reason.clear();
}

void supervisor_state::lost(const caf::actor_addr& whom, const std::string& reason) {
  auto found = std::find_if(children.begin(), children.end(), [&](const child& c) { return c.handle == whom; });
  if (found == children.end())
    return;
  auto now = context->steady();
  context->watch.actor_restarted(context->lane, found->name);
  context->watch.log(log_level::error, "actor.died",
                     {{"lane", std::string{to_string(context->lane)}}, {"actor", found->name}, {"reason", reason}});
  auto& view = record->view;
  auto& intensity = record->intensity;
  ++view.restarts;
  intensity.restarted(now);
  auto level = intensity.now(now);
  view.healthy = level == restart_intensity::level::calm;
  view.reason = view.healthy ? "" : "actors of this lane restart too often, last " + found->name;
  context->report_health(view);
  if (!view.healthy) // looks again when the period has passed
    self->delayed_send(self, config.restarts.period + std::chrono::seconds{1}, beat_atom_v);
  if (level == restart_intensity::level::hopeless)
    return context->escalate(view.reason);
  auto wait = found->policy.died(now);
  found->restart_at = now + wait;
  self->delayed_send(self, wait, beat_atom_v);
}

void supervisor_state::restart_due() {
  auto now = context->steady();
  bool any = false;
  for (auto& c : children)
    if (c.restart_at && *c.restart_at <= now + std::chrono::milliseconds{1}) {
      spawn(c);
      any = true;
    }
  if (any)
    publish();
  if (any && record->draining) // outcomes of calls on the wire still have to be kept
    drain();
  look_at_health();
  context->report_health(record->view);
}

void supervisor_state::look_at_children() {
  for (auto& shard : peers.preferences)
    cross(shard, look_atom_v);
  cross(peers.ingest, look_atom_v);
  cross(peers.throttle, look_atom_v);
  cross(peers.dispatcher, look_atom_v);
  cross(peers.retry_timer, look_atom_v);
  cross(peers.status_sink, look_atom_v);
  for (auto& [provider_name, each] : peers.providers)
    self->request(each, config.look_every, look_atom_v)
      .then(
        [this](const provider_view& seen) {
          calls[seen.name] = seen.in_flight;
          std::size_t all = 0;
          for (auto& [ignored, count] : calls)
            all += count;
          context->watch.window(context->lane, all);
        },
        [](const caf::error&) {}); // it is being restarted, or busy: the next look will tell
  if (!record->draining)
    self->delayed_send(self, config.look_every, due_atom_v);
}

void supervisor_state::drain() {
  record->draining = true;
  cross(peers.ingest, drain_atom_v);
  cross(peers.dispatcher, drain_atom_v);
  for (auto& [provider_name, each] : peers.providers)
    cross(each, drain_atom_v);
}

void supervisor_state::kill(const std::string& whom) {
  for (auto& c : children)
    if (c.name == whom)
      caf::anon_send_exit(c.handle, caf::exit_reason::kill);
}

supervisor_actor::behavior_type supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
                                           context_ptr context, supervisor_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.config = config;
  state.record = config.record ? config.record : std::make_shared<lane_record>(config.restarts);
  state.self = self;
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.lost(down.source, self->system().render(down.reason)); });
  state.list_children();
  for (auto& c : state.children)
    state.spawn(c);
  state.publish();
  state.look_at_health();
  state.context->report_health(state.record->view);
  if (state.record->draining)
    state.drain();
  self->delayed_send(self, config.look_every, due_atom_v);
  return {
    [self](look_atom) {
      self->state.look_at_health();
      return self->state.record->view;
    },
    [self](drain_atom) { self->state.drain(); },
    [self](order_atom, const std::string& whom) { self->state.kill(whom); },
    [self](beat_atom) { self->state.restart_due(); },
    [self](due_atom) { self->state.look_at_children(); },
  };
}

} // namespace carillon
