// What the doors (HTTP now, Kafka later) ask of the engine. Implemented by
// runtime/engine, replaced in tests. Any thread may call; callbacks come on
// threads of the engine and only post.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "messages/ports.hpp"
#include "messages/work.hpp"

namespace carillon {

struct provider_status {
  provider_view critical, bulk;
};

using provider_views_ptr = std::shared_ptr<const std::vector<provider_view>>;

struct readiness {
  bool ready = false;
  std::vector<std::pair<std::string, std::string>> problems; ///< part, what is wrong
};

class engine_port {
public:
  virtual ~engine_port() = default;

  virtual const options& config() const = 0;
  virtual const wall_clock& clock() const = 0;
  virtual telemetry& watch() = 0;

  /// Hands a request (or, with `explain` set, a dry run) to the ingest actor of
  /// `what->lane`. Its `answer` is called exactly once.
  virtual void submit(intake_ptr what) = 0;

  /// Signs unsubscribe links; empty: there are none.
  virtual secret link_key() const { return {}; }

  virtual lane_store& store_of(lane l) = 0;
  virtual control_store& control() = 0;
  virtual inbox_store& inbox() = 0;

  /// Caches of both lanes drop what they hold of it; every request submitted
  /// after this call sees the new state.
  virtual void announce(change what) = 0;
  virtual void announce(feature_settings_ptr settings) = 0;
  /// Deliveries became queued by a person's hand (resolve, redrive).
  virtual void wake(lane l, const std::vector<delivery>& queued) = 0;

  virtual void providers(done<std::vector<provider_status>> then) = 0;
  /// How that lane's providers stood a moment ago, for answers that explain and are asked
  /// for often: comes within a quarter of a second, without those that had not answered then.
  virtual void glance(lane l, done<provider_views_ptr> then) = 0;
  /// False where there is no provider of that name.
  virtual bool order_breaker(const std::string& provider, breaker_order what) = 0;

  /// Newest first.
  virtual std::vector<sandbox_message> sandbox_messages(const space& where, std::size_t limit) = 0;

  /// The sandbox forgets an erased person's messages.
  virtual void forget_in_sandbox(const space& where, const std::string& user_id) = 0;

  virtual readiness ready() = 0;
  /// Prometheus text format 0.0.4.
  virtual void metrics(done<std::string> then) = 0;
  virtual bool draining() const = 0;
};

} // namespace carillon
