#include "actors/keeper.hpp"

#include <caf/all.hpp>

#include "actors/messaging.hpp"

namespace carillon {

keeper_state::~keeper_state() {
  if (supervisor)
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
}

void keeper_state::spawn_supervisor() {
  supervisor = self->spawn(carillon::supervisor, context, config.supervised);
  self->monitor(supervisor);
}

void keeper_state::lost(const caf::actor_addr& whom, const std::string& reason) {
  if (leaving.erase(whom) > 0)
    return restart_due();
  if (!supervisor || supervisor.address() != whom)
    return;
  supervisor = nullptr;
  context->publish(nullptr);
  died_at = context->steady();
  end_children();
  context->watch.actor_restarted(context->lane, "supervisor");
  context->watch.log(log_level::error, "actor.died",
                     {{"lane", std::string{to_string(context->lane)}}, {"actor", "supervisor"}, {"reason", reason}});
  ++record->view.restarts;
  record->intensity.restarted(died_at);
  record->view.healthy = false;
  record->view.reason = "the lane starts again, because its supervisor died";
  context->report_health(record->view);
  if (record->intensity.now(died_at) == restart_intensity::level::hopeless) {
    restart_at = std::chrono::steady_clock::time_point::max();
    return context->escalate("actors of this lane restart too often, last its supervisor");
  }
  restart_at = died_at + policy.died(died_at);
  self->delayed_send(self, restart_at - died_at, beat_atom_v);
  self->delayed_send(self, config.patience, beat_atom_v);
}

void keeper_state::end_children() {
  for (auto& [child_name, child] : std::exchange(record->running, {})) {
    leaving.insert(child.address());
    self->monitor(child);
    caf::anon_send_exit(child, caf::exit_reason::kill);
  }
}

void keeper_state::restart_due() {
  auto now = context->steady();
  if (supervisor || now + std::chrono::milliseconds{1} < restart_at)
    return;
  if (leaving.empty())
    return spawn_supervisor();
  if (now >= died_at + config.patience)
    context->escalate("actors of this lane do not end after their supervisor died");
}

void keeper_state::drain() {
  record->draining = true;
  if (supervisor)
    cross(supervisor, drain_atom_v);
}

void keeper_state::kill(const std::string& whom) {
  if (!supervisor)
    return;
  if (whom == "supervisor")
    caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  else
    cross(supervisor, order_atom_v, whom);
}

keeper_actor::behavior_type keeper(keeper_actor::stateful_pointer<keeper_state> self, context_ptr context,
                                   keeper_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.config = std::move(config);
  state.self = self;
  state.policy = restart_policy{state.config.supervised.restarts};
  state.record = std::make_shared<lane_record>(state.config.supervised.restarts);
  state.config.supervised.record = state.record;
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->state.lost(down.source, self->system().render(down.reason)); });
  state.spawn_supervisor();
  return {
    [self](drain_atom) { self->state.drain(); },
    [self](order_atom, const std::string& whom) { self->state.kill(whom); },
    [self](beat_atom) { self->state.restart_due(); },
  };
}

} // namespace carillon
