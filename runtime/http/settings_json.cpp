#include "runtime/http/settings_json.hpp"

#include <algorithm>

#include "runtime/http/limits.hpp"
#include "runtime/http/object_reader.hpp"

namespace carillon {
namespace http {
namespace {

/// Channel names are written in any case in the tables people keep.
std::optional<channel> channel_in_any_case(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  return parse_channel(name);
}

/// Calls `read(channel, member)` for each channel named in the object at `name`.
template <class Read>
void for_each_channel(object_reader& in, std::string_view name, Read read) {
  auto* group = in.object(name);
  if (!group)
    return;
  for (auto& [word, value] : group->items()) {
    auto pointer = in.pointer_to(name) + '/' + pointer_token(word);
    if (auto on = channel_in_any_case(word))
      read(*on, object_reader{value, pointer, in.errors()});
    else
      in.errors().push_back({pointer, "unknown", "is not a channel"});
  }
}

std::optional<duration> seconds(object_reader& in, std::string_view name) {
  auto* value = in.member(name);
  if (!value)
    return std::nullopt;
  if (!value->is_number() || value->get<double>() < 0 || value->get<double>() > limits::backoff_seconds) {
    in.fail(name, "range", "must be a number of seconds from 0 to 604800");
    return std::nullopt;
  }
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>{value->get<double>()});
}

std::optional<bool> flag(object_reader& in, std::string_view name) {
  bool value = false;
  return in.flag(name, value) ? std::optional{value} : std::nullopt;
}

feature_settings::retry_override read_retry(object_reader in) {
  feature_settings::retry_override out;
  std::int64_t attempts = 0;
  if (in.integer("max_attempts", attempts, 1, limits::attempts))
    out.max_attempts = static_cast<int>(attempts);
  out.initial_backoff = seconds(in, "initial_backoff_seconds");
  out.max_backoff = seconds(in, "max_backoff_seconds");
  in.word(
    "backoff_strategy", out.strategy,
    [](std::string_view word) {
      bool known = word == "exponential" || word == "fixed" || word == "tiers";
      return known ? std::optional{std::string{word}} : std::nullopt;
    },
    "exponential, fixed or tiers");
  out.enabled = flag(in, "retry_enabled");
  in.finish();
  return out;
}

void read_types(object_reader& in, std::map<std::string, bool>& out) {
  auto* group = in.object("types");
  if (!group)
    return;
  if (group->size() > limits::switched_types) {
    in.fail("types", "too_many", "has more than 10000 types");
    return;
  }
  for (auto& [type, value] : group->items()) {
    object_reader own{value, in.pointer_to("types") + '/' + pointer_token(type), in.errors()};
    own.flag("enabled", out[type], presence::required);
    own.finish();
  }
}

} // namespace

feature_settings read_settings(const json& config, const std::string& at, std::vector<field_error>& errors) {
  feature_settings out;
  object_reader in{config, at, errors};
  for_each_channel(in, "retry_settings", [&](channel on, object_reader own) { out.retry[on] = read_retry(own); });
  if (auto* other = in.object("other_settings")) {
    object_reader own{*other, in.pointer_to("other_settings"), errors};
    std::int64_t per_minute = 0;
    if (own.integer("throttle_per_user_per_minute", per_minute, 1, limits::per_minute))
      out.per_user_per_minute = static_cast<int>(per_minute);
    own.finish();
  }
  for_each_channel(in, "channels", [&](channel on, object_reader own) {
    own.flag("enabled", out.channels[on], presence::required);
    own.finish();
  });
  read_types(in, out.types);
  in.finish();
  return out;
}

} // namespace http

result<feature_settings> parse_settings(const versioned_json& stored) {
  auto config = http::parse_json(stored.config);
  if (!config)
    return config.error();
  std::vector<field_error> errors;
  auto out = http::read_settings(*config, "", errors);
  if (!errors.empty())
    return fault{errc::invalid_request, "The stored settings of the feature notification are wrong; see errors.",
                 std::move(errors)};
  if (!stored.enabled)
    out = {};
  out.version = stored.version;
  return out;
}

} // namespace carillon
