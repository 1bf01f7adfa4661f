// Telemetry as the engine has it: metrics, and one JSON object a log line on
// standard error, written by a thread of its own from a bounded queue.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <spdlog/logger.h>
#include <string>

#include "runtime/engine/metrics.hpp"
#include "runtime/store/stores.hpp"

namespace carillon {

class watch final : public telemetry, public store_observer {
public:
  watch(const options& config, const wall_clock& clock);
  ~watch() override;

  void log(log_level level, std::string_view event, log_fields fields) override;
  bool wants(log_level level) const override;

  void accepted(lane l, std::string_view source, duration took) override { numbers_.accepted(l, source, took); }
  void rejected(std::string_view reason) override { numbers_.rejected(reason); }
  void delivery_reached(lane l, channel c, delivery_status s) override { numbers_.delivery_reached(l, c, s); }
  void attempted(lane l, std::string_view provider, outcome o, duration took) override {
    numbers_.attempted(l, provider, o, took);
  }
  void sent_after(lane l, channel c, duration since_accept) override { numbers_.sent_after(l, c, since_accept); }
  void throttled(lane l, std::string_view limit) override { numbers_.throttled(l, limit); }
  void suppressed(channel c, std::string_view cause) override { numbers_.suppressed(c, cause); }
  void retried(lane l, channel c) override { numbers_.retried(l, c); }
  void breaker(lane l, std::string_view provider, breaker_state s) override { numbers_.breaker(l, provider, s); }
  void actor_restarted(lane l, std::string_view actor) override { numbers_.actor_restarted(l, actor); }
  void window(lane l, std::size_t in_use) override { numbers_.window(l, in_use); }
  void mailbox(lane l, std::string_view actor, std::size_t length) override { numbers_.mailbox(l, actor, length); }
  void preference_cache(bool hit) override { numbers_.preference_cache(hit); }

  void committed(std::string_view file, std::size_t rows, duration took) override {
    numbers_.committed(file, rows, took);
  }
  void trouble(std::string_view file, const fault& why) override;
  void recovered(std::string_view file) override;
  void began_empty(std::string_view file) override;

  metrics& numbers() { return numbers_; }

private:
  metrics numbers_;
  const wall_clock& clock_;
  std::shared_ptr<spdlog::logger> out_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> troubled_; ///< files whose trouble was logged already
};

} // namespace carillon
