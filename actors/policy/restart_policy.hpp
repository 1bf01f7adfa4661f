// When a dead child is started again, and when a lane that keeps dying gives up.
// Pure.
#pragma once

#include <chrono>
#include <deque>

namespace carillon {

struct restart_options {
  std::chrono::milliseconds first_backoff{10};
  std::chrono::milliseconds max_backoff{5'000};
  std::chrono::seconds calm{60};    ///< without a restart: backoff starts over
  std::chrono::seconds period{10};  ///< of the intensity
  std::size_t unhealthy_after = 20; ///< restarts within the period
  std::size_t give_up_after = 100;  ///< restarts within the period: the process exits
};

/// One child's backoff: doubles with every restart, starts over after a calm time.
class restart_policy {
public:
  using instant = std::chrono::steady_clock::time_point;

  explicit restart_policy(restart_options options = {}) : options_(options) {}
  /// The child died; answers how long to wait.
  std::chrono::milliseconds died(instant now);

private:
  restart_options options_;
  instant last_{};
  unsigned doublings_ = 0;
};

/// All children of a lane together.
class restart_intensity {
public:
  using instant = std::chrono::steady_clock::time_point;
  enum class level { calm, unhealthy, hopeless };

  explicit restart_intensity(restart_options options = {}) : options_(options) {}
  void restarted(instant now);
  level now(instant at);

private:
  restart_options options_;
  std::deque<instant> restarts_;
};

} // namespace carillon
