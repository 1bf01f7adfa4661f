#include "runtime/cli/dead_letter_filter.hpp"

#include <algorithm>
#include <array>

#include "runtime/cli/session.hpp"
#include "runtime/cli/times.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::cli {
namespace {

struct filter_key {
  std::string_view typed, api;
  bool instant = false;
};
constexpr std::array<filter_key, 9> keys{{
  {"id", "ids"},
  {"type", "type"},
  {"channel", "channel"},
  {"provider", "provider"},
  {"code", "code"},
  {"user", "user_id"},
  {"user_id", "user_id"},
  {"since", "since", true},
  {"until", "until", true},
}};

[[noreturn]] void refuse(const std::string& filter, const std::string& why) {
  throw command_error{usage, "--filter \"" + filter + "\": " + why};
}

std::string instant_value(const std::string& filter, const std::string& value, sys_time now) {
  const auto at = parse_since(value, now);
  if (!at)
    refuse(filter, "give an RFC 3339 instant or a span before now like 90s, 15m, 2h or 7d.");
  return format_rfc3339(*at);
}

void add(dead_letter_choice& choice, const std::string& filter, sys_time now) {
  const auto equals = filter.find('=');
  if (equals == std::string::npos || equals + 1 == filter.size())
    refuse(filter, "write it as key=value, like provider=sendgrid_main.");
  const auto name = filter.substr(0, equals), value = filter.substr(equals + 1);
  const auto key = std::find_if(keys.begin(), keys.end(), [&](auto& k) { return k.typed == name; });
  if (key == keys.end())
    refuse(filter, "the key must be id, type, channel, provider, code, user, since or until.");
  if (key->api == "ids") {
    choice.ids.push_back(value);
    return;
  }
  const auto text = key->instant ? instant_value(filter, value, now) : value;
  if (!choice.values.emplace(key->api, text).second)
    refuse(filter, "this key was given twice; only id may be repeated.");
}

} // namespace

dead_letter_choice parse_dead_letter_filter(const std::vector<std::string>& filters, sys_time now) {
  dead_letter_choice choice;
  for (auto& filter : filters)
    add(choice, filter, now);
  return choice;
}

query query_of(const dead_letter_choice& choice) {
  std::string ids;
  for (auto& id : choice.ids)
    ids.append(ids.empty() ? "" : ",").append(id);
  query what;
  what.add("ids", ids);
  for (auto& [name, value] : choice.values)
    what.add(name, value);
  return what;
}

nlohmann::json body_of(const dead_letter_choice& choice) {
  nlohmann::json body = nlohmann::json::object();
  if (!choice.ids.empty())
    body["ids"] = choice.ids;
  for (auto& [name, value] : choice.values)
    body[name] = value;
  return body;
}

} // namespace carillon::cli
