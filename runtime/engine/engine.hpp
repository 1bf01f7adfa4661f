// The engine: opens the stores, runs both lanes and answers the doors. Everything
// that is wired together is wired here.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "runtime/engine/lane_runtime.hpp"
#include "runtime/engine/sandbox_memory.hpp"
#include "runtime/engine/watch.hpp"
#include "runtime/http/engine_port.hpp"

namespace carillon {

class engine final : public engine_port {
public:
  /// `clock` outlives it.
  engine(const options& config, const wall_clock& clock);
  ~engine() override;

  /// Opens the store, reads settings and standing orders, starts the lanes and
  /// takes up what is unfinished. A fault names the file and the remedy.
  status_result start();

  /// Calls `then` from an engine thread if a lane gives up; once. Before start().
  void on_hopeless(std::function<void()> then) { hopeless_ = std::move(then); }

  /// Ends one actor as a crash would, also `supervisor`; it is started again. For tests.
  void end_actor(lane l, const std::string& name);
  /// Intake and grants stop; what is durable stays, calls on the wire may end.
  void drain();
  /// Waits until no call is on its way, at most until `deadline`; false past it.
  bool quiet(std::chrono::steady_clock::time_point deadline);
  /// Ends everything, in order. Idempotent.
  void stop();

  const options& config() const override { return config_; }
  const wall_clock& clock() const override { return clock_; }
  telemetry& watch() override { return watch_; }
  void submit(intake_ptr what) override;
  secret link_key() const override { return link_key_; }
  lane_store& store_of(lane l) override { return stores_.of(l); }
  control_store& control() override { return *stores_.control; }
  inbox_store& inbox() override { return *stores_.inbox; }
  void announce(change what) override;
  void announce(feature_settings_ptr settings) override;
  void wake(lane l, const std::vector<delivery>& queued) override;
  void providers(done<std::vector<provider_status>> then) override;
  void glance(lane l, done<provider_views_ptr> then) override;
  bool order_breaker(const std::string& provider, breaker_order what) override;
  std::vector<sandbox_message> sandbox_messages(const space& where, std::size_t limit) override;
  void forget_in_sandbox(const space& where, const std::string& user_id) override { sandbox_.forget(where, user_id); }
  readiness ready() override;
  void metrics(done<std::string> then) override;
  bool draining() const override { return draining_; }

private:
  lane_runtime& lane_of(lane l) { return *lanes_[static_cast<std::size_t>(l)]; }
  status_result read_control();
  /// Erasures that a crash cut short, from their tombstones.
  void resume_erasures();
  lane_links links_of(lane l);

  const options& config_;
  const wall_clock& clock_;
  carillon::watch watch_;
  sandbox_memory sandbox_;
  key_registry keys_;
  secret link_key_;
  stores stores_;
  std::array<std::unique_ptr<lane_runtime>, 2> lanes_;
  mutable std::mutex mutex_;
  feature_settings_ptr settings_;
  std::map<std::string, breaker_order> orders_;
  std::function<void()> hopeless_;
  std::atomic<bool> told_hopeless_{false};
  std::atomic<bool> draining_{false};
};

} // namespace carillon
