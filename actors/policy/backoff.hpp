// How long to wait before attempt number n+1. Full jitter draws uniformly from
// [0, cap] ("Exponential Backoff And Jitter", AWS Architecture Blog). Pure.
#pragma once

#include <optional>
#include <random>

#include "config/options.hpp"
#include "messages/domain.hpp"

namespace carillon {

/// The waits of `strategy = "tiers"`: after the last one come the dead letters.
inline constexpr std::array<duration, 3> tier_waits{std::chrono::seconds{30}, std::chrono::minutes{2},
                                                    std::chrono::minutes{10}};

/// Wait after the `failed`-th failed attempt (from 1), before jitter.
duration backoff_cap(const retry_options& options, int failed);

/// The wait with jitter. A Retry-After is honoured even past max_backoff.
duration backoff(const retry_options& options, int failed, std::optional<duration> retry_after,
                 std::mt19937_64& random);

/// Attempts that the options allow in all: max_attempts, or tiers + 1, or 1 where retry is off.
int attempts_allowed(const retry_options& options);

/// Run-time overrides on top of the configured options.
retry_options with_settings(retry_options options, const feature_settings* settings, channel on);

/// Retries a second: a share of first attempts plus a floor. Over it a retry
/// waits longer, it is never dropped.
class retry_budget {
public:
  explicit retry_budget(retry_budget_options config);
  void earn(std::size_t first_attempts, sys_time now);
  /// Spends one retry; answers how much longer it has to wait (0: within budget).
  duration spend(sys_time now);

private:
  void refill(sys_time now);
  retry_budget_options config_;
  double tokens_;
  sys_time refilled_{};
};

} // namespace carillon
