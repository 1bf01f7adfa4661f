#include "runtime/http/settings_json.hpp"

#include <nlohmann/json.hpp>

namespace carillon {
namespace {

using nlohmann::json;

/// Reads members and collects what is wrong with them.
class reader {
public:
  void wrong(std::string pointer, std::string code, std::string detail) {
    fields_.push_back({"/config" + pointer, std::move(code), std::move(detail)});
  }

  template <class Each>
  void members(const json& of, const std::string& key, const std::string& at, Each each) {
    auto found = of.find(key);
    if (found == of.end())
      return;
    auto here = at + '/' + key;
    if (!found->is_object())
      return wrong(here, "type", "must be an object");
    for (auto& [name, value] : found->items())
      if (value.is_object())
        each(name, value, here + '/' + name);
      else
        wrong(here + '/' + name, "type", "must be an object");
  }

  std::optional<int> integer(const json& of, const std::string& key, const std::string& at, int least, int most) {
    auto found = of.find(key);
    if (found == of.end())
      return std::nullopt;
    if (!found->is_number_integer() || found->get<std::int64_t>() < least || found->get<std::int64_t>() > most) {
      wrong(at + '/' + key, "range",
            "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
      return std::nullopt;
    }
    return found->get<int>();
  }

  std::optional<bool> boolean(const json& of, const std::string& key, const std::string& at) {
    auto found = of.find(key);
    if (found == of.end())
      return std::nullopt;
    if (found->is_boolean())
      return found->get<bool>();
    wrong(at + '/' + key, "type", "must be true or false");
    return std::nullopt;
  }

  std::vector<field_error> take() { return std::move(fields_); }

private:
  std::vector<field_error> fields_;
};

constexpr int a_day = 86'400;

feature_settings::retry_override retry_of(reader& in, const json& value, const std::string& at) {
  feature_settings::retry_override out;
  out.max_attempts = in.integer(value, "max_attempts", at, 1, 100);
  if (auto seconds = in.integer(value, "initial_backoff_seconds", at, 0, a_day))
    out.initial_backoff = std::chrono::seconds{*seconds};
  if (auto seconds = in.integer(value, "max_backoff_seconds", at, 0, a_day))
    out.max_backoff = std::chrono::seconds{*seconds};
  out.enabled = in.boolean(value, "retry_enabled", at);
  if (auto found = value.find("backoff_strategy"); found != value.end()) {
    auto word = found->is_string() ? found->get<std::string>() : std::string{};
    if (word == "exponential" || word == "fixed" || word == "tiers")
      out.strategy = word;
    else
      in.wrong(at + "/backoff_strategy", "unknown", "must be exponential, fixed or tiers");
  }
  return out;
}

} // namespace

result<feature_settings> parse_settings(const versioned_json& row) {
  feature_settings out;
  out.version = row.version;
  if (!row.enabled)
    return out;
  auto config = json::parse(row.config, nullptr, false);
  if (!config.is_object())
    return fault{errc::invalid_request, "", {{"/config", "type", "must be an object"}}, {}};
  reader in;
  auto each_channel = [&](const std::string& name, const std::string& at, auto then) {
    if (auto on = parse_channel(name))
      then(*on);
    else
      in.wrong(at, "unknown", "is not a channel");
  };
  in.members(config, "retry_settings", "", [&](const std::string& name, const json& value, const std::string& at) {
    each_channel(name, at, [&](channel on) { out.retry[on] = retry_of(in, value, at); });
  });
  in.members(config, "channels", "", [&](const std::string& name, const json& value, const std::string& at) {
    each_channel(name, at, [&](channel on) { out.channels[on] = in.boolean(value, "enabled", at).value_or(true); });
  });
  in.members(config, "types", "", [&](const std::string& name, const json& value, const std::string& at) {
    out.types[name] = in.boolean(value, "enabled", at).value_or(true);
  });
  if (auto other = config.find("other_settings"); other != config.end() && other->is_object())
    out.per_user_per_minute = in.integer(*other, "throttle_per_user_per_minute", "/other_settings", 1, 1'000'000);
  if (auto fields = in.take(); !fields.empty())
    return fault{errc::invalid_request, "The settings have values that cannot be used.", std::move(fields), {}};
  return out;
}

} // namespace carillon
