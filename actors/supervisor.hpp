// Supervisor: one per lane; spawns every actor of it from a literal table and
// restarts the one that died, after a backoff, without touching the others. Work
// in a dead actor's mailbox answers its caller or returns its slot by itself; what
// was durable is read again by the new incarnation. Too many restarts mark the
// lane unhealthy, and past that the process gives up. No other actor spawns, but
// the keeper, which watches the supervisor.
#pragma once

#include <caf/actor.hpp>
#include <functional>
#include <map>

#include "actors/lane_context.hpp"
#include "actors/policy/restart_policy.hpp"

namespace carillon {

/// What one supervisor leaves to the next one of its lane.
struct lane_record {
  explicit lane_record(restart_options options) : intensity(options) {}
  restart_intensity intensity;
  lane_view view;
  bool draining = false;
  std::map<std::string, caf::actor> running; ///< its children, by name
};

struct supervisor_config {
  restart_options restarts;
  std::chrono::seconds look_every{1};
  std::shared_ptr<lane_record> record; ///< null: it is the first one, and nobody follows
};

struct supervisor_state {
  static inline const char* name = "supervisor";

  supervisor_state() = default;
  supervisor_state(const supervisor_state&) = delete;
  supervisor_state& operator=(const supervisor_state&) = delete;
  /// Takes its children with it, however it ends.
  ~supervisor_state();

  /// One row of the table of children.
  struct child {
    std::string name;
    std::function<caf::actor(lane_peers&)> spawn; ///< also puts the handle where peers find it
    caf::actor handle;
    restart_policy policy;
    std::optional<std::chrono::steady_clock::time_point> restart_at = {};
    bool is_new = true; ///< does not know its peers yet
  };

  context_ptr context;
  supervisor_config config;
  supervisor_actor::stateful_pointer<supervisor_state> self = nullptr;
  std::vector<child> children;
  lane_peers peers;
  std::shared_ptr<lane_record> record;
  std::map<std::string, std::size_t> calls; ///< between durable start and outcome, by provider

  void list_children();
  void spawn(child& c);
  void publish();
  void lost(const caf::actor_addr& whom, const std::string& reason);
  void restart_due();
  /// Has every child tell the metrics how it stands.
  void look_at_children();
  void look_at_health();
  void drain();
  void kill(const std::string& whom);
};

supervisor_actor::behavior_type supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
                                           context_ptr context, supervisor_config config);

} // namespace carillon
