// What every actor of a lane is given when it is spawned: the ports to the world
// and the few things that both lanes share. Outlives the lane's actor system.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "actors/policy/key_registry.hpp"
#include "config/options.hpp"
#include "messages/actors.hpp"

namespace carillon {

struct lane_context {
  carillon::lane lane = lane::bulk;
  const options& config;
  lane_store& store;
  control_store& control;
  inbox_store& inbox;
  vendor_client& vendors;
  sandbox_log& sandbox;
  const wall_clock& clock;
  telemetry& watch;
  id_generator& ids;
  key_registry& keys; ///< shared by both lanes
  std::uint64_t seed = 1;
  secret link_key = {}; ///< signs unsubscribe links; empty: none are made

  /// The run-time settings in force; never null.
  std::function<feature_settings_ptr()> settings;
  /// A person's standing order to that provider's breaker.
  std::function<breaker_order(const std::string& provider)> standing_order;
  /// Time that never steps, for breakers, latencies and restarts; tests hold it.
  std::function<std::chrono::steady_clock::time_point()> steady = std::chrono::steady_clock::now;
  /// The same as an instant, for rules that count in those; says nothing of the wall clock.
  sys_time even_time() const { return sys_time{std::chrono::duration_cast<duration>(steady().time_since_epoch())}; }
  /// Tells both lanes' preference actors to forget something.
  std::function<void(const change&)> announce;
  /// Hands critical's debits, of people's limits and of the lane's own, to bulk's throttle; empty in bulk.
  std::function<void(debits_ptr)> post_debits;
  /// Tells the doors whom to talk to.
  std::function<void(peers_ptr)> publish;
  /// Tells readiness how the lane stands.
  std::function<void(const lane_view&)> report_health;
  /// The lane restarts too often: the process has to give up.
  std::function<void(std::string reason)> escalate;
};
using context_ptr = std::shared_ptr<const lane_context>;

/// Within a lane, critical overtakes the rest in every mailbox.
constexpr bool is_urgent(priority p) {
  return p == priority::critical;
}

} // namespace carillon
