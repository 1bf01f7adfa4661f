// How long to wait before attempt number n+1. Full jitter draws uniformly from
// [0, cap] ("Exponential Backoff And Jitter", AWS Architecture Blog). Pure.
#pragma once

#include <array>
#include <optional>
#include <random>

#include "config/options.hpp"
#include "messages/domain.hpp"

namespace carillon {

/// The waits of `strategy = "tiers"`: after the last one come the dead letters.
inline constexpr std::array<duration, 3> tier_waits{std::chrono::seconds{30}, std::chrono::minutes{2},
                                                    std::chrono::minutes{10}};

/// Wait after the `failed`-th failed attempt (from 1), before jitter: doubles up to
/// max_backoff, or stays the same, or follows the tiers, which max_backoff does not touch.
duration backoff_cap(const retry_options& options, int failed);

/// The wait with jitter; tiers are waited as they stand. A Retry-After is the
/// least that is waited, even past max_backoff.
duration backoff(const retry_options& options, int failed, std::optional<duration> retry_after,
                 std::mt19937_64& random);

/// Attempts that the options allow in all: max_attempts, or tiers + 1, or 1 where retry is off.
int attempts_allowed(const retry_options& options);

/// All waits of a delivery that fails every time, before jitter; zero where retry is off.
duration longest_retrying(const retry_options& options);

/// Run-time overrides on top of the configured options; null: none. A strategy
/// word that is not known leaves the configured one.
retry_options with_settings(retry_options options, const feature_settings* settings, channel on);

/// Retries a second: a share of first attempts (as they came over about the last
/// 10 s) plus a floor. Over it a retry waits longer, it is never dropped. Budget
/// that was not used is kept for 10 s.
class retry_budget {
public:
  /// No retry waits longer than this for the budget.
  static constexpr duration longest_wait = std::chrono::minutes{10};

  explicit retry_budget(retry_budget_options config);
  void earn(std::size_t first_attempts, sys_time now);
  /// Spends one retry; answers how much longer it has to wait (0: within budget).
  /// Waiting retries are spaced out evenly at the rate that is earned now.
  duration spend(sys_time now);

private:
  double rate() const; ///< retries per second
  void refill(sys_time now);
  retry_budget_options config_;
  double tokens_;
  double earned_ = 0; ///< by first attempts lately; decays
  sys_time refilled_{};
};

} // namespace carillon
