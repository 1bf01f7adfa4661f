#include "actors/policy/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace carillon {
namespace {

/// What first attempts earned is remembered for about this long, as is unused budget.
constexpr double budget_memory_s = 10;

duration doubled(duration initial, duration most, int times) {
  auto wait = std::min(initial, most);
  for (int i = 0; i < times && wait < most; ++i)
    wait = wait > most / 2 ? most : wait * 2;
  return wait;
}

duration drawn(duration cap, std::mt19937_64& random) {
  return duration{std::uniform_int_distribution<duration::rep>{0, cap.count()}(random)};
}

backoff_strategy strategy_of(const std::string& word, backoff_strategy otherwise) {
  if (word == "exponential")
    return backoff_strategy::exponential;
  if (word == "fixed")
    return backoff_strategy::fixed;
  if (word == "tiers")
    return backoff_strategy::tiers;
  return otherwise;
}

} // namespace

duration backoff_cap(const retry_options& options, int failed) {
  auto earlier = std::max(failed, 1) - 1;
  switch (options.strategy) {
  case backoff_strategy::exponential: return doubled(options.initial_backoff, options.max_backoff, earlier);
  case backoff_strategy::fixed: return std::min(options.initial_backoff, options.max_backoff);
  case backoff_strategy::tiers: break;
  }
  return tier_waits[std::min(static_cast<std::size_t>(earlier), tier_waits.size() - 1)];
}

duration backoff(const retry_options& options, int failed, std::optional<duration> retry_after,
                 std::mt19937_64& random) {
  auto wait = backoff_cap(options, failed);
  if (options.jitter == jitter_mode::full && options.strategy != backoff_strategy::tiers)
    wait = drawn(wait, random);
  return std::max(wait, retry_after.value_or(duration::zero()));
}

int attempts_allowed(const retry_options& options) {
  if (!options.enabled)
    return 1;
  if (options.strategy == backoff_strategy::tiers)
    return static_cast<int>(tier_waits.size()) + 1;
  return std::max(1, options.max_attempts);
}

duration longest_retrying(const retry_options& options) {
  duration sum{};
  for (int failed = 1; failed < attempts_allowed(options); ++failed)
    sum += backoff_cap(options, failed);
  return sum;
}

retry_options with_settings(retry_options options, const feature_settings* settings, channel on) {
  if (settings == nullptr)
    return options;
  auto found = settings->retry.find(on);
  if (found == settings->retry.end())
    return options;
  auto& own = found->second;
  options.enabled = own.enabled.value_or(options.enabled);
  options.max_attempts = own.max_attempts.value_or(options.max_attempts);
  options.initial_backoff = own.initial_backoff.value_or(options.initial_backoff);
  options.max_backoff = own.max_backoff.value_or(options.max_backoff);
  if (own.strategy)
    options.strategy = strategy_of(*own.strategy, options.strategy);
  return options;
}

retry_budget::retry_budget(retry_budget_options config) : config_(config), tokens_(config.minimum * budget_memory_s) {}

void retry_budget::earn(std::size_t first_attempts, sys_time now) {
  refill(now);
  earned_ += config_.ratio * static_cast<double>(first_attempts);
  tokens_ += config_.ratio * static_cast<double>(first_attempts);
}

duration retry_budget::spend(sys_time now) {
  refill(now);
  tokens_ -= 1;
  if (tokens_ >= 0)
    return duration::zero();
  constexpr auto most_s = std::chrono::duration<double>{longest_wait}.count();
  if (rate() <= 0) { // no income to compute a wait from
    tokens_ = 0;
    return longest_wait;
  }
  tokens_ = std::max(tokens_, -rate() * most_s);
  return std::min(longest_wait, std::chrono::ceil<duration>(std::chrono::duration<double>{-tokens_ / rate()}));
}

double retry_budget::rate() const {
  return config_.minimum + earned_ / budget_memory_s;
}

void retry_budget::refill(sys_time now) {
  auto passed_s = std::chrono::duration<double>{now - refilled_}.count();
  refilled_ = now;
  if (passed_s <= 0)
    return; // a clock that stepped back earns nothing
  earned_ *= std::exp(-passed_s / budget_memory_s);
  tokens_ = std::min(tokens_ + config_.minimum * passed_s, rate() * budget_memory_s);
}

} // namespace carillon
