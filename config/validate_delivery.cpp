// Checks of providers, channels, categories, types and their limits.
#include <algorithm>
#include <set>

#include "config/checks.hpp"
#include "config/document.hpp"
#include "config/suggest.hpp"
#include "messages/domain.hpp"

namespace carillon::conf {

namespace {

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map)
    keys.push_back(key);
  return keys;
}

std::string word(channel on) {
  return std::string{to_string(on)};
}

/// Names end up in URLs and metrics.
bool is_plain_name(const std::string& name) {
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), plain);
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void check_credentials(const std::string& key, const provider_options& provider, const protocol_facts& facts,
                       findings& found) {
  for (auto name : facts.credential_keys)
    if (auto at = provider.credentials.find(std::string{name}); at == provider.credentials.end() || at->second.empty())
      found.error(key + ".credentials", "protocol " + provider.protocol + " needs the credential " + std::string{name},
                  "Add " + std::string{name} + " = { file = \"...\" } or { env = \"...\" } under credentials.");
  if (provider.credentials.contains("username") != provider.credentials.contains("password"))
    found.error(key + ".credentials", "username and password go together", "Set both, or neither.");
  if (facts.needs_signing_secret && provider.signing_secrets.empty())
    found.error(key + ".credentials", "protocol " + provider.protocol + " signs and needs a secret",
                "Add credentials = { secret = \"whsec_...\" }.");
}

/// Standard Webhooks: base64 of 24 to 64 bytes, after the prefix `whsec_`.
void check_signing_secrets(const std::string& key, const provider_options& provider, findings& found) {
  static constexpr std::string_view prefix = "whsec_";
  for (const auto& one : provider.signing_secrets) {
    std::string_view encoded = one.reveal();
    if (encoded.starts_with(prefix))
      encoded.remove_prefix(prefix.size());
    auto padding = encoded.find('=');
    auto digits = encoded.substr(0, padding);
    bool base64 = std::all_of(digits.begin(), digits.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    });
    auto bytes = digits.size() * 3 / 4;
    if (!base64 || bytes < 24 || bytes > 64)
      found.error(key + ".credentials", "a signing secret must be base64 of 24 to 64 bytes after \"whsec_\"",
                  "Make one with: echo whsec_$(openssl rand -base64 32)");
  }
}

void check_protocol_needs(const std::string& key, const provider_options& provider, const protocol_facts& facts,
                          findings& found) {
  check_credentials(key, provider, facts, found);
  check_signing_secrets(key, provider, found);
  if (facts.needs_base_url && provider.base_url.empty())
    found.error(key + ".base_url", "protocol " + provider.protocol + " needs the address of its server",
                "Add base_url, for example \"smtp://mail.example.org:587\" or \"https://api.example.org\".");
  if (facts.needs_from && provider.from.empty())
    found.error(key + ".from", "protocol " + provider.protocol + " needs a sender",
                "Add from = \"Name <name@example.org>\".");
  if (!facts.channel && !provider.channel)
    found.error(key + ".channel", "protocol " + provider.protocol + " serves any channel, and none is named",
                "Add channel = \"email\", or another channel.");
  if (facts.channel && provider.channel && *facts.channel != *provider.channel)
    found.error(key + ".channel",
                "protocol " + provider.protocol + " serves " + word(*facts.channel) + ", not "
                  + word(*provider.channel),
                "Remove the setting, or choose another protocol.");
}

void check_values(const std::string& key, const provider_options& provider, findings& found) {
  const auto& script = provider.sandbox;
  if (!provider.base_url.empty() && provider.base_url.find("://") == std::string::npos)
    found.error(key + ".base_url", "\"" + provider.base_url + "\" has no scheme",
                "Write for example \"smtp://mail.example.org:587\" or \"https://api.example.org\".");
  if (!provider.from.empty() && has_control(provider.from))
    found.error(key + ".from", "has a line end or another control character", "Write it on one line.");
  if (provider.breaker.min_calls > provider.breaker.window)
    found.error(key + ".breaker.min_calls",
                "is " + std::to_string(provider.breaker.min_calls) + ", more than the window of "
                  + std::to_string(provider.breaker.window) + " calls, so that no rate would ever be looked at",
                "Lower it, or raise breaker.window.");
  if (provider.max_per_endpoint > provider.in_flight)
    found.error(key + ".max_per_endpoint",
                "is " + std::to_string(provider.max_per_endpoint) + ", more than in_flight, which is "
                  + std::to_string(provider.in_flight),
                "Lower it, or raise in_flight.");
  if (provider.max_per_endpoint > 0 && provider.protocol != "webhook")
    found.error(key + ".max_per_endpoint", "is for protocol webhook, not for " + provider.protocol, "Remove it.");
  if (script.fail_rate + script.throttle_rate + script.hang_rate + script.ambiguous_rate > 1)
    found.error(key, "the sandbox's rates add up to more than 1",
                "Lower fail_rate, throttle_rate, hang_rate or ambiguous_rate.");
  if (provider.protocol != "sandbox" && script != sandbox_script{})
    found.error(key, "latency, the rates and seed are a script for protocol sandbox, not for " + provider.protocol,
                "Remove them.");
}

void check_retry(const std::string& key, const retry_options& retry, findings& found) {
  if (retry.initial_backoff > retry.max_backoff)
    found.error(key + ".initial_backoff", "is longer than max_backoff", "Lower it, or raise max_backoff.");
}

void check_channel_provider(channel on, const std::string& name, const options& all,
                            std::span<const protocol_facts> protocols, findings& found) {
  auto key = "channels." + word(on) + ".providers";
  auto provider = all.providers.find(name);
  if (provider == all.providers.end())
    return found.error(key, "there is no provider \"" + name + "\"", did_you_mean(name, keys_of(all.providers)));
  auto serves = served_channel(provider->second, protocols);
  if (serves && *serves != on)
    found.error(key, "provider " + name + " serves " + word(*serves) + ", not " + word(on),
                "Name providers of this channel only.");
}

void check_limit(const std::string& key, const std::optional<limit_options>& limit, findings& found) {
  if (!limit)
    return;
  if (limit->over == over_limit::digest)
    found.error(key + ".over", "this build does not serve digests yet", "Use \"delay\", \"drop\" or \"reject\".");
  if (limit->burst != 0 && limit->burst < 1)
    found.error(key + ".burst", "is less than one event, so that nothing would ever pass",
                "Use 1 or more, or 0 for the same as rate.");
  if (limit->rate == 0 && limit->burst != 0)
    found.error(key + ".rate", "has a burst but no rate", "Set rate, or remove the limit.");
}

} // namespace

const protocol_facts* facts_of(const provider_options& provider, std::span<const protocol_facts> protocols) {
  for (const auto& facts : protocols)
    if (facts.name == provider.protocol)
      return &facts;
  return nullptr;
}

std::optional<channel> served_channel(const provider_options& provider, std::span<const protocol_facts> protocols) {
  const auto* facts = facts_of(provider, protocols);
  return provider.channel || !facts ? provider.channel : facts->channel;
}

void check_providers(const options& all, std::span<const protocol_facts> protocols, findings& found) {
  std::set<std::string> used;
  for (const auto& [on, channel] : all.channels)
    used.insert(channel.providers.begin(), channel.providers.end());
  std::vector<std::string> names;
  for (const auto& facts : protocols)
    names.emplace_back(facts.name);
  for (const auto& [name, provider] : all.providers) {
    auto key = "providers." + quoted_key(name);
    if (!is_plain_name(name))
      found.error(key, "a provider's name has 1 to 64 letters, digits, _ or -", "Rename the section.");
    if (const auto* facts = facts_of(provider, protocols))
      check_protocol_needs(key, provider, *facts, found);
    else
      found.error(key + ".protocol",
                  provider.protocol.empty() ? "the protocol is missing"
                                            : "this build has no protocol \"" + provider.protocol + "\"",
                  did_you_mean(provider.protocol, names));
    check_values(key, provider, found);
    if (!used.contains(name))
      found.warn(key, "no channel uses this provider", "Name it in [channels.*] providers, or remove it.");
  }
}

void check_channels(const options& all, std::span<const protocol_facts> protocols, findings& found) {
  for (const auto& [on, channel] : all.channels) {
    auto key = "channels." + word(on);
    if (channel.providers.empty())
      found.error(key + ".providers", "the channel has no provider", "Name at least one, or remove the section.");
    std::set<std::string> seen;
    for (const auto& name : channel.providers) {
      check_channel_provider(on, name, all, protocols, found);
      if (!seen.insert(name).second)
        found.error(key + ".providers", "provider " + name + " stands here twice", "Name each provider once.");
    }
    check_retry(key + ".retry", channel.retry, found);
    check_limit(key + ".limits", channel.limits, found);
  }
}

void check_categories(const options& all, findings& found) {
  std::string unsubscribing;
  for (const auto& [name, category] : all.categories) {
    auto key = "categories." + quoted_key(name);
    if (name.size() > bounds::name_bytes)
      found.error(key, "a category's name has at most 255 bytes", "Shorten it.");
    check_limit(key + ".limits", category.limits, found);
    if (category.unsubscribe)
      unsubscribing += (unsubscribing.empty() ? "" : ", ") + name;
  }
  if (!unsubscribing.empty() && all.server.public_url.starts_with("http://"))
    found.warn("server.public_url",
               "is not https, so mail of categories with unsubscribe (" + unsubscribing + ") gets no one-click header",
               "Use an https address.");
}

void check_types(const options& all, findings& found) {
  for (const auto& [name, type] : all.types) {
    auto key = "types." + quoted_key(name);
    if (name.empty() || name.size() > bounds::name_bytes)
      found.error(key, "a type's name has 1 to 255 bytes", "Shorten it.");
    if (!all.categories.contains(type.category))
      found.error(key + ".category", "there is no category \"" + type.category + "\"",
                  did_you_mean(type.category, keys_of(all.categories)));
    for (auto on : type.channels)
      if (!all.channels.contains(on))
        found.error(key + ".channels", "channel " + word(on) + " has no providers",
                    "Add [channels." + word(on) + "] with providers, or remove it here.");
    check_limit(key + ".limit", type.limit, found);
  }
}

void check_limits(const options& all, findings& found) {
  check_limit("limits.global", all.limits.global, found);
  check_limit("limits.per_user", all.limits.per_user, found);
  check_limit("limits.per_user_channel", all.limits.per_user_channel, found);
  check_limit("limits.per_channel", all.limits.per_channel, found);
}

} // namespace carillon::conf
