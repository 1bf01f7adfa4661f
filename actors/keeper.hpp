// Keeper: watches the supervisor of a lane, which watches everybody else. One that
// died takes its children along; once they are gone, so that nobody works beside
// his successor, another supervisor begins as after a start, from the store. The
// doors have nobody to talk to meanwhile, and the lane is not ready. It counts as
// one more restart of the lane, with the same bounds. Whoever runs the lane watches
// the keeper.
#pragma once

#include <set>

#include "actors/supervisor.hpp"

namespace carillon {

struct keeper_config {
  supervisor_config supervised;
  std::chrono::seconds patience{10}; ///< with children that do not end; then the lane gives up
};

struct keeper_state {
  static inline const char* name = "keeper";

  keeper_state() = default;
  keeper_state(const keeper_state&) = delete;
  keeper_state& operator=(const keeper_state&) = delete;
  /// Takes the supervisor with it.
  ~keeper_state();

  context_ptr context;
  keeper_config config;
  keeper_actor::stateful_pointer<keeper_state> self = nullptr;
  std::shared_ptr<lane_record> record;
  supervisor_actor supervisor;
  restart_policy policy;
  std::set<caf::actor_addr> leaving; ///< children of the one that died
  std::chrono::steady_clock::time_point died_at{}, restart_at{};

  void spawn_supervisor();
  void lost(const caf::actor_addr& whom, const std::string& reason);
  void end_children();
  void restart_due();
  void drain();
  void kill(const std::string& whom);
};

keeper_actor::behavior_type keeper(keeper_actor::stateful_pointer<keeper_state> self, context_ptr context,
                                   keeper_config config);

} // namespace carillon
