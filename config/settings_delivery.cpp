// The tables of [providers.*], [channels.*], [categories.*], [types.*] and limits.
#include "config/settings.hpp"

namespace carillon::conf {

namespace {

using namespace std::chrono_literals;

words<channel> channel_words() {
  return words_of(
    {channel::email, channel::sms, channel::push, channel::whatsapp, channel::chat, channel::webhook, channel::in_app});
}

const settings<breaker_options>& breaker_settings() {
  static const settings<breaker_options> rows{
    {"window", whole(&breaker_options::window, 1, 10'000, "calls")},
    {"window_time", span(&breaker_options::window_time, 100ms, 24h)},
    {"min_calls", whole(&breaker_options::min_calls, 1, 10'000, "calls")},
    {"failure_rate", number(&breaker_options::failure_rate, 0, 1)},
    {"slow_call", span(&breaker_options::slow_call, 1ms, 1h)},
    {"slow_rate", number(&breaker_options::slow_rate, 0, 1)},
    {"consecutive", whole(&breaker_options::consecutive, 1, 10'000, "calls")},
    {"open_for", span(&breaker_options::open_for, 10ms, 24h)},
    {"half_open_calls", whole(&breaker_options::half_open_calls, 1, 10'000, "calls")},
  };
  return rows;
}

/// Newest first; each of them signs while a receiver changes over.
void read_signing_secrets(provider_options& into, const node& from, reader& in) {
  auto found = std::holds_alternative<list>(from.value) ? in.texts(from) : std::nullopt;
  if (!std::holds_alternative<list>(from.value))
    if (auto one = in.text(from))
      found.emplace({*one});
  if (!found)
    return;
  into.signing_secrets.clear();
  for (auto& value : *found)
    into.signing_secrets.emplace_back(std::move(value));
}

/// `{ api_key = ... }` by protocol; `{ secret = ... }` or a bare list of secrets signs.
binding<provider_options> credentials() {
  auto read = [](provider_options& into, const node& from, reader& in) {
    if (std::holds_alternative<list>(from.value))
      return read_signing_secrets(into, from, in);
    const table* entries = in.entries(from);
    if (!entries)
      return;
    for (const auto& [key, value] : *entries) {
      auto scope = in.enter(key, value);
      if (key == "secret")
        read_signing_secrets(into, value, in);
      else if (auto found = in.text(value))
        into.credentials[key] = secret{std::move(*found)};
    }
  };
  return {read, {"*"}};
}

const settings<retry_options>& retry_settings() {
  static const settings<retry_options> rows{
    {"enabled", flag(&retry_options::enabled)},
    {"max_attempts", whole(&retry_options::max_attempts, 1, 100, "calls")},
    {"initial_backoff", span(&retry_options::initial_backoff, 1ms, 24h)},
    {"max_backoff", span(&retry_options::max_backoff, 1ms, 7 * 24h)},
    {"strategy", word(&retry_options::strategy, words<backoff_strategy>{{"exponential", backoff_strategy::exponential},
                                                                        {"fixed", backoff_strategy::fixed},
                                                                        {"tiers", backoff_strategy::tiers}})},
    {"jitter",
     word(&retry_options::jitter, words<jitter_mode>{{"full", jitter_mode::full}, {"none", jitter_mode::none}})},
  };
  return rows;
}

} // namespace

const settings<provider_options>& provider_settings() {
  static const settings<provider_options> rows{
    {"protocol", text(&provider_options::protocol)},
    {"channel", word(&provider_options::channel, channel_words())},
    {"base_url", text(&provider_options::base_url)},
    {"credentials", credentials()},
    {"from", text(&provider_options::from)},
    {"starttls", word(&provider_options::starttls, words<starttls_mode>{{"required", starttls_mode::required},
                                                                        {"opportunistic", starttls_mode::opportunistic},
                                                                        {"off", starttls_mode::off}})},
    {"timeout", span(&provider_options::timeout, 10ms, 10min)},
    {"connections", whole(&provider_options::connections, 1, 1'000)},
    {"rate", number(&provider_options::rate, 0, 1e6)},
    {"in_flight", whole(&provider_options::in_flight, 1, 10'000, "calls")},
    {"max_per_endpoint", whole(&provider_options::max_per_endpoint, 0, 10'000, "calls")},
    {"breaker", section(&provider_options::breaker, breaker_settings())},
    {"latency", inside(&provider_options::sandbox, span(&sandbox_script::latency, 0ms, 1h))},
    {"fail_rate", inside(&provider_options::sandbox, number(&sandbox_script::fail_rate, 0, 1))},
    {"throttle_rate", inside(&provider_options::sandbox, number(&sandbox_script::throttle_rate, 0, 1))},
    {"hang_rate", inside(&provider_options::sandbox, number(&sandbox_script::hang_rate, 0, 1))},
    {"ambiguous_rate", inside(&provider_options::sandbox, number(&sandbox_script::ambiguous_rate, 0, 1))},
    {"seed",
     inside(&provider_options::sandbox, whole(&sandbox_script::seed, 0, std::numeric_limits<std::int64_t>::max()))},
  };
  return rows;
}

const settings<channel_options>& channel_settings() {
  static const settings<channel_options> rows{
    {"providers", texts(&channel_options::providers)},
    {"fallback_after", whole(&channel_options::fallback_after, 1, 100, "failures")},
    {"retry", section(&channel_options::retry, retry_settings())},
    {"limits", section(&channel_options::limits, limit_settings())},
  };
  return rows;
}

const settings<category_options>& category_settings() {
  static const settings<category_options> rows{
    {"quiet_hours", flag(&category_options::quiet_hours)},
    {"opt_out", flag(&category_options::opt_out)},
    {"default_enabled", flag(&category_options::default_enabled)},
    {"unsubscribe", flag(&category_options::unsubscribe)},
    {"expires_after", span(&category_options::expires_after, 1s, 366 * 24h)},
    {"limits", section(&category_options::limits, limit_settings())},
  };
  return rows;
}

const settings<type_options>& type_settings() {
  static const settings<type_options> rows{
    {"category", text(&type_options::category)},
    {"priority",
     word(&type_options::priority, words_of({priority::critical, priority::high, priority::medium, priority::low}))},
    {"channels", word_list(&type_options::channels, channel_words())},
    {"routing", word(&type_options::routing, words_of({routing::all, routing::first}))},
    {"mandatory", flag(&type_options::mandatory)},
    {"expires_after", span(&type_options::expires_after, 1s, 366 * 24h)},
    {"on_ambiguous", word(&type_options::on_ambiguous, words_of({ambiguity_policy::retry, ambiguity_policy::hold}))},
    {"limit", section(&type_options::limit, limit_settings())},
  };
  return rows;
}

const settings<limit_options>& limit_settings() {
  static const settings<limit_options> rows{
    {"rate", number(&limit_options::rate, 0, 1e6)},
    {"per", span(&limit_options::per, 1s, 31 * 24h)},
    {"burst", number(&limit_options::burst, 0, 1e6)},
    {"over", word(&limit_options::over,
                  words_of({over_limit::delay, over_limit::drop, over_limit::digest, over_limit::reject}))},
  };
  return rows;
}

const settings<limits_options>& limits_settings() {
  static const settings<limits_options> rows{
    {"global", section(&limits_options::global, limit_settings())},
    {"per_user", section(&limits_options::per_user, limit_settings())},
    {"per_user_channel", section(&limits_options::per_user_channel, limit_settings())},
    {"per_channel", section(&limits_options::per_channel, limit_settings())},
  };
  return rows;
}

const settings<retry_budget_options>& retry_budget_settings() {
  static const settings<retry_budget_options> rows{
    {"ratio", number(&retry_budget_options::ratio, 0, 10)},
    {"minimum", number(&retry_budget_options::minimum, 0, 1e6)},
  };
  return rows;
}

const settings<quiet_options>& quiet_settings() {
  static const settings<quiet_options> rows{
    {"enabled", flag(&quiet_options::enabled)},
    {"start", text(&quiet_options::start)},
    {"end", text(&quiet_options::end)},
    {"time_zone", text(&quiet_options::time_zone)},
  };
  return rows;
}

} // namespace carillon::conf
