// One lane of a process: the real keeper and everything it spawns, on CAF's
// test coordinator, where one message is handled when the run says so.
#pragma once

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <optional>

#include "actors/lane_context.hpp"
#include "tests/sim/agenda.hpp"

namespace carillon::sim {

class lane_system {
public:
  /// `context` is completed with `publish`; everything else in it outlives this.
  lane_system(lane_context context, instant now);
  lane_system(const lane_system&) = delete;
  lane_system& operator=(const lane_system&) = delete;
  ~lane_system();

  /// Null until the supervisor has spawned its children, and while it is dead.
  const peers_ptr& peers() const { return peers_; }
  const keeper_actor& keeper() const { return keeper_; }

  /// Actors that have a message to handle.
  std::size_t ready() const { return coordinator_.jobs.size(); }
  /// The name of that one's kind, such as `dispatcher`.
  const char* name_of(std::size_t job) const;
  /// Lets it handle one message.
  void run(std::size_t job);

  /// When the next timer goes off.
  std::optional<instant> next_timer() const;
  /// Sets timers off that are due by then.
  void move_to(instant now);

  caf::actor_system& system() { return system_; }

private:
  struct deterministic : caf::actor_system_config {
    deterministic() { set("scheduler.policy", caf::atom("testing")); }
  };
  void run_all();

  deterministic config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& coordinator_;
  instant now_;
  peers_ptr peers_;
  keeper_actor keeper_;
};

} // namespace carillon::sim
