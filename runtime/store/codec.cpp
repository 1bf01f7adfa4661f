#include "runtime/store/codec.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "messages/json_text.hpp"

namespace carillon {
namespace {

using json = nlohmann::json;

std::string text_in(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() ? found->get<std::string>() : std::string{};
}

std::int64_t number_in(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() ? found->get<std::int64_t>() : 0;
}

sys_time time_in(const json& object, const char* name) {
  return sys_time{duration{number_in(object, name)}};
}

/// JSON that carillon does not interpret is kept as the text it came as; the
/// empty object, which it nearly always is, as nothing.
void opaque(json_object& out, std::string_view name, const std::string& value) {
  if (value != "{}")
    out.text(name, value);
}

std::string opaque_in(const json& object, const char* name) {
  auto value = text_in(object, name);
  return value.empty() ? "{}" : value;
}

void append_channel(std::string& out, const channel_content& own) {
  json_object object{out};
  object.text("subject", own.subject);
  object.text("title", own.title);
  object.text("body", own.body);
  object.text("text", own.text);
  object.text("html", own.html);
}

void append_contacts(std::string& out, const contacts& where) {
  json_object object{out};
  object.text("email", where.email);
  object.text("phone", where.phone);
  object.text("webhook", where.webhook);
  object.text("telegram_chat", where.telegram_chat);
  object.text("slack_channel", where.slack_channel);
  if (where.devices.empty())
    return;
  auto& list = object.member("devices");
  list += '[';
  for (auto& d : where.devices) {
    if (list.back() != '[')
      list += ',';
    json_object one{list};
    one.text("protocol", d.protocol);
    one.text("token", d.token);
  }
  list += ']';
}

contacts contacts_in(const json& object) {
  contacts where{text_in(object, "email"),         text_in(object, "phone"),         text_in(object, "webhook"),
                 text_in(object, "telegram_chat"), text_in(object, "slack_channel"), {}};
  if (auto found = object.find("devices"); found != object.end())
    for (auto& one : *found)
      where.devices.push_back({text_in(one, "protocol"), text_in(one, "token")});
  return where;
}

/// What `append` writes of one value. An object's brace closes in there, before
/// the text is returned.
template <class Append, class T>
std::string made(Append append, const T& value) {
  std::string out;
  append(out, value);
  return out;
}

template <class All, class Append>
std::string join(const All& all, Append append) {
  std::string out;
  for (auto& entry : all) {
    if (!out.empty())
      out += ',';
    append(out, entry);
  }
  return out;
}

json array_of(std::string_view joined) {
  return json::parse("[" + std::string{joined} + "]");
}

constexpr std::array level_words{std::string_view{"type"}, std::string_view{"category"}, std::string_view{"any"}};

void append_doc(std::string& out, const notification& n) {
  out.reserve(256 + n.content.title.size() + n.content.body.size() + n.content.data.size());
  json_object object{out};
  object.text("title", n.content.title);
  object.text("body", n.content.body);
  opaque(object, "data", n.content.data);
  if (!n.content.by_channel.empty()) {
    json_object channels{object.member("channels")};
    for (auto& [on, own] : n.content.by_channel)
      append_channel(channels.member(to_string(on)), own);
  }
  object.text("locale", n.locale);
  if (!n.to.empty())
    append_contacts(object.member("to"), n.to);
  opaque(object, "metadata", n.metadata);
  object.text("correlation_id", n.correlation_id);
}

void append_attempt(std::string& out, const attempt& what) {
  json_object object{out};
  object.number("number", what.number);
  object.text("provider", what.provider);
  object.number("started", what.started_at.time_since_epoch().count());
  if (what.finished_at)
    object.number("finished", what.finished_at->time_since_epoch().count());
  if (what.outcome)
    object.text("outcome", to_string(*what.outcome));
  object.text("code", what.code);
  object.text("detail", what.detail);
  object.text("message_id", what.provider_message_id);
}

void append_change(std::string& out, const status_change& what) {
  json_object object{out};
  object.text("status", to_string(what.status));
  object.number("at", what.at.time_since_epoch().count());
  object.text("rule", what.rule);
  object.text("reason", what.reason);
}

void append_window(std::string& out, const quiet_window& window) {
  json_object object{out};
  object.number("start_minute", window.start_minute);
  object.number("end_minute", window.end_minute);
  object.number("days", window.days);
  object.text("time_zone", window.time_zone);
}

void append_rule(std::string& out, const preference_rule& rule) {
  json_object object{out};
  object.text("level", level_words[static_cast<std::size_t>(rule.on)]);
  object.text("name", rule.name);
  if (rule.channel)
    object.text("channel", to_string(*rule.channel));
  object.member("enabled") += rule.enabled ? "true" : "false";
}

} // namespace

std::string encode_doc(const notification& n) {
  return made(append_doc, n);
}

void decode_doc(std::string_view text, notification& into) {
  auto object = json::parse(text);
  into.content.title = text_in(object, "title");
  into.content.body = text_in(object, "body");
  into.content.data = opaque_in(object, "data");
  if (auto found = object.find("channels"); found != object.end())
    for (auto& [word, own] : found->items())
      if (auto on = parse_channel(word))
        into.content.by_channel[*on] = {text_in(own, "subject"), text_in(own, "title"), text_in(own, "body"),
                                        text_in(own, "text"), text_in(own, "html")};
  into.locale = text_in(object, "locale");
  if (auto found = object.find("to"); found != object.end())
    into.to = contacts_in(*found);
  into.metadata = opaque_in(object, "metadata");
  into.correlation_id = text_in(object, "correlation_id");
}

std::string encode_contacts(const contacts& where) {
  return made(append_contacts, where);
}

contacts decode_contacts(std::string_view text) {
  return contacts_in(json::parse(text));
}

std::string encode_attempt(const attempt& what) {
  return made(append_attempt, what);
}

std::string encode_change(const status_change& what) {
  return made(append_change, what);
}

std::string encode_attempts(const std::vector<attempt>& all) {
  return join(all, append_attempt);
}

std::string encode_history(const std::vector<status_change>& all) {
  return join(all, append_change);
}

std::vector<attempt> decode_attempts(std::string_view joined) {
  std::vector<attempt> all;
  for (auto& object : array_of(joined)) {
    attempt one;
    one.number = static_cast<int>(number_in(object, "number"));
    one.provider = text_in(object, "provider");
    one.started_at = time_in(object, "started");
    if (object.contains("finished"))
      one.finished_at = time_in(object, "finished");
    one.outcome = parse_outcome(text_in(object, "outcome"));
    one.code = text_in(object, "code");
    one.detail = text_in(object, "detail");
    one.provider_message_id = text_in(object, "message_id");
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<status_change> decode_history(std::string_view joined) {
  std::vector<status_change> all;
  for (auto& object : array_of(joined))
    all.push_back({parse_delivery_status(text_in(object, "status")).value_or(delivery_status::queued),
                   time_in(object, "at"), text_in(object, "rule"), text_in(object, "reason")});
  return all;
}

std::string encode_rules(const std::vector<preference_rule>& rules) {
  return "[" + join(rules, append_rule) + "]";
}

std::vector<preference_rule> decode_rules(std::string_view text) {
  std::vector<preference_rule> rules;
  for (auto& object : json::parse(text)) {
    auto level = std::find(level_words.begin(), level_words.end(), text_in(object, "level"));
    auto on = level == level_words.end() ? preference_rule::level::any
                                         : static_cast<preference_rule::level>(level - level_words.begin());
    rules.push_back(
      {on, text_in(object, "name"), parse_channel(text_in(object, "channel")), object.value("enabled", true)});
  }
  return rules;
}

std::string encode_window(const quiet_window& window) {
  return made(append_window, window);
}

quiet_window decode_window(std::string_view text) {
  auto object = json::parse(text);
  return {static_cast<int>(number_in(object, "start_minute")), static_cast<int>(number_in(object, "end_minute")),
          static_cast<unsigned>(number_in(object, "days")), text_in(object, "time_zone")};
}

} // namespace carillon
