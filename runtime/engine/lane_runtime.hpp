// One lane as it runs: its actor system with its own threads, its vendor client
// and its keeper, which spawns the supervisor. The two lanes share nothing but what `lane_links` names.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "actors/lane_context.hpp"
#include "runtime/engine/provider_glance.hpp"

namespace carillon {

/// What a lane is connected to from outside.
struct lane_links {
  secret link_key;
  std::function<feature_settings_ptr()> settings;
  std::function<breaker_order(const std::string&)> standing_order;
  std::function<void(const change&)> announce;
  std::function<void(debits_ptr)> post_debits; ///< empty in bulk
  std::function<void(std::string)> escalate;
};

class lane_runtime {
public:
  /// Starts the threads. Everything referred to outlives it.
  lane_runtime(lane l, const options& config, lane_store& store, control_store& control, inbox_store& inbox,
               sandbox_log& sandbox, const wall_clock& clock, telemetry& watch, key_registry& keys, lane_links links);
  ~lane_runtime();

  /// Starts the keeper, once, and waits until its actors can take work.
  void start();
  /// Whom the doors may talk to now; null while the lane starts again. Any thread.
  peers_ptr peers() const;
  /// As the supervisor told last. Any thread.
  lane_view health() const;
  /// Asks every provider how it stands; those that do not answer within `patience` are left out.
  void look_at_providers(duration patience, std::function<void(std::vector<provider_view>)> then);
  /// The same with little patience, shared by all who ask within a moment.
  void glance_at_providers(provider_glance::taker then) { glance_.ask(std::move(then)); }

  const keeper_actor& keeper() const { return keeper_; }

  /// Stops intake and grants; calls on the wire may end.
  void drain();
  /// Ends every actor and waits for it; answers to doors come now at the latest.
  void stop_actors();

private:
  struct system_config : caf::actor_system_config {
    system_config(lane l, const lane_options& config);
  };
  void publish(peers_ptr peers);

  carillon::lane lane_;
  id_generator ids_;
  std::unique_ptr<vendor_client> vendors_;
  mutable std::mutex mutex_;
  std::condition_variable published_;
  peers_ptr peers_;
  lane_view health_;
  provider_glance glance_;
  system_config config_;
  caf::actor_system system_;
  context_ptr context_;
  keeper_actor keeper_;
  bool stopped_ = false;
};

} // namespace carillon
