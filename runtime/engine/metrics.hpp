// Every metric of carillon, in one literal list (metrics.cpp). Labels are bounded
// by the configuration; never a user, an address or an id. Any thread; counting
// on the hot way touches an atomic behind a table that is built at start.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <string>

#include "config/options.hpp"
#include "messages/ports.hpp"

namespace carillon {

class metrics {
public:
  explicit metrics(const options& config);

  void accepted(lane l, std::string_view source, duration took);
  void rejected(std::string_view reason);
  void delivery_reached(lane l, channel c, delivery_status s);
  void attempted(lane l, std::string_view provider, outcome o, duration took);
  void sent_after(lane l, channel c, duration since_accept);
  void throttled(lane l, std::string_view limit);
  void suppressed(channel c, std::string_view cause);
  void retried(lane l, channel c);
  void breaker(lane l, std::string_view provider, breaker_state s);
  void actor_restarted(lane l, std::string_view actor);
  void window(lane l, std::size_t in_use);
  void mailbox(lane l, std::string_view actor, std::size_t length);
  void preference_cache(bool hit);
  void committed(std::string_view file, std::size_t rows, duration took);
  void backlog(lane l, const backlog_view& view, sys_time now);

  /// Prometheus text format 0.0.4.
  std::string text() const;

private:
  struct of_provider {
    std::array<prometheus::Counter*, outcome_count> attempts{};
    prometheus::Histogram* took = nullptr;
    prometheus::Gauge* breaker = nullptr;
  };
  struct of_lane {
    prometheus::Counter* accepted_by_http = nullptr;
    prometheus::Histogram* accept_took = nullptr;
    std::array<std::array<prometheus::Counter*, delivery_status_count>, all_channels.size()> deliveries{};
    std::array<prometheus::Histogram*, all_channels.size()> time_to_send{};
    std::array<prometheus::Counter*, all_channels.size()> retries{};
    std::map<std::string, of_provider, std::less<>> providers;
    prometheus::Histogram* commit_took = nullptr;
    prometheus::Histogram* batch_rows = nullptr;
    prometheus::Gauge* window = nullptr;
    prometheus::Gauge* oldest = nullptr;
    prometheus::Gauge* dead_letters = nullptr;
  };
  void prepare(lane l, const options& config);

  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  prometheus::Family<prometheus::Counter>&accepted_, &rejected_, &deliveries_, &attempts_, &throttled_, &suppressed_,
    &retries_, &restarts_;
  prometheus::Family<prometheus::Histogram>&attempt_took_, &accept_took_, &time_to_send_, &commit_took_, &batch_rows_;
  prometheus::Family<prometheus::Gauge>&backlog_, &oldest_, &window_, &mailbox_, &breaker_, &dead_letters_,
    &cache_ratio_, &connections_, &build_;
  std::array<of_lane, 2> lanes_;
  prometheus::Gauge* cache_gauge_ = nullptr;
  std::atomic<std::uint64_t> cache_hits_{0}, cache_asks_{0};
};

} // namespace carillon
