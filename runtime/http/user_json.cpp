#include "runtime/http/user_json.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "actors/policy/choice.hpp"
#include "actors/policy/quiet_hours.hpp"
#include "runtime/http/contacts_json.hpp"
#include "runtime/http/response.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::http {
namespace {

using level = preference_rule::level;

constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::string_view any = "*";

std::string clock_text(int minute) {
  auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return two(minute / 60) + ':' + two(minute % 60);
}

/// Minutes of `22:00`.
std::optional<int> parse_clock(std::string_view text) {
  auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 100; };
  if (text.size() != 5 || text[2] != ':')
    return std::nullopt;
  int hour = digit(0) * 10 + digit(1);
  int minute = digit(3) * 10 + digit(4);
  return hour < 24 && minute < 60 ? std::optional{hour * 60 + minute} : std::nullopt;
}

void read_zone(object_reader& in, std::string& out) {
  if (in.text("time_zone", out, bounds::name_bytes, presence::optional, 1) && !is_time_zone(out))
    in.fail("time_zone", "not_found", "must be an IANA zone like Europe/Berlin");
}

void read_days(object_reader& in, unsigned& out) {
  auto* list = in.array("days", day_names.size());
  if (!list)
    return;
  out = 0;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto& item = (*list)[i];
    auto day = std::find(day_names.begin(), day_names.end(), item.is_string() ? item.get<std::string>() : "");
    if (day == day_names.end())
      in.errors().push_back({in.pointer_to("days") + '/' + std::to_string(i), "format", "must be one of mon to sun"});
    else
      out |= 1U << (day - day_names.begin());
  }
  if (list->empty())
    in.fail("days", "range", "must name a day; leave it out for every day");
}

void read_quiet_hours(object_reader& in, std::optional<quiet_window>& out) {
  auto* value = in.member("quiet_hours");
  if (!value || value->is_null()) // null: none
    return;
  object_reader own{*value, in.pointer_to("quiet_hours"), in.errors()};
  std::optional<int> start, end;
  quiet_window window;
  own.word("start", start, parse_clock, "00:00 to 23:59", presence::required);
  own.word("end", end, parse_clock, "00:00 to 23:59", presence::required);
  read_days(own, window.days);
  read_zone(own, window.time_zone);
  own.finish();
  window.start_minute = start.value_or(0);
  window.end_minute = end.value_or(0);
  if (start && start == end && window.days == quiet_window{}.days)
    own.fail("end", "conflict",
             "equals start on every day, so nothing would ever be sent; name days, or opt out instead");
  out = std::move(window);
}

/// Whom a rule is about: `type` or `category`, never both; "*" is everything.
void read_subject(object_reader& in, const options& config, preference_rule& out) {
  std::string type, category;
  auto before = in.errors().size();
  bool by_type = in.name("type", type);
  bool by_category = in.name("category", category);
  if (by_type && by_category)
    in.fail("category", "conflict", "a rule names a type or a category, not both");
  else if (!by_type && !by_category && in.errors().size() == before)
    in.fail("type", "missing", "a rule names a type or a category; \"*\" stands for any");
  out.on = type == any || category == any ? level::any : by_type ? level::type : level::category;
  if (out.on == level::any)
    return;
  out.name = by_type ? type : category;
  if (out.on == level::category && by_category && !config.categories.contains(category)
      && !built_in_categories().contains(category))
    in.fail("category", "not_found", "is not a category of this installation");
}

void read_rule_channel(object_reader& in, preference_rule& out) {
  std::string word;
  if (!in.name("channel", word, presence::required) || word == any)
    return;
  out.channel = parse_channel(word);
  if (!out.channel)
    in.fail("channel", "format", "must be \"*\", email, sms, push, whatsapp, chat, webhook or in_app");
}

/// What a rule is about.
using subject = std::tuple<level, std::string, std::optional<channel>>;

void read_rules(object_reader& in, const options& config, std::vector<preference_rule>& out) {
  auto* list = in.array("preferences", bounds::preference_rules);
  if (!list)
    return;
  std::set<subject> named;
  std::size_t index = 0;
  for (auto& item : *list) {
    auto pointer = in.pointer_to("preferences") + '/' + std::to_string(index++);
    object_reader own{item, pointer, in.errors()};
    if (!item.is_object())
      continue; // that is its error
    auto before = in.errors().size();
    preference_rule rule;
    read_subject(own, config, rule);
    read_rule_channel(own, rule);
    own.flag("enabled", rule.enabled, presence::required);
    own.finish();
    if (in.errors().size() == before && !named.insert({rule.on, rule.name, rule.channel}).second)
      in.errors().push_back({pointer, "conflict", "is about the same as a rule before it; say it once"});
    out.push_back(std::move(rule));
  }
}

ordered_json rule_json(const preference_rule& r) {
  ordered_json out;
  out[r.on == level::category ? "category" : "type"] = r.on == level::any ? std::string{any} : r.name;
  out["channel"] = r.channel ? to_string(*r.channel) : any;
  out["enabled"] = r.enabled;
  return out;
}

ordered_json window_json(const quiet_window& w) {
  ordered_json out{{"start", clock_text(w.start_minute)}, {"end", clock_text(w.end_minute)}};
  out["days"] = ordered_json::array();
  for (std::size_t day = 0; day < day_names.size(); ++day)
    if (w.days >> day & 1)
      out["days"].push_back(day_names[day]);
  if (!w.time_zone.empty())
    out["time_zone"] = w.time_zone;
  return out;
}

} // namespace

ordered_json profile_json(const user& who) {
  ordered_json out{{"contacts", ordered_json::object()}};
  write_contacts(out["contacts"], who.contacts);
  if (!who.time_zone.empty())
    out["time_zone"] = who.time_zone;
  if (!who.locale.empty())
    out["locale"] = who.locale;
  out["attributes"] = kept_json(who.attributes);
  return out;
}

ordered_json user_json(const user& who) {
  ordered_json out{{"id", who.id}};
  out.update(profile_json(who));
  out["created_at"] = format_rfc3339(who.created_at);
  out["updated_at"] = format_rfc3339(who.updated_at);
  return out;
}

void read_profile(object_reader& in, user& out) {
  out.contacts = {};
  out.attributes = "{}";
  out.time_zone.clear();
  out.locale.clear();
  if (auto* where = in.object("contacts")) {
    object_reader own{*where, in.pointer_to("contacts"), in.errors()};
    read_contacts(own, out.contacts);
    own.finish();
  }
  read_zone(in, out.time_zone);
  in.name("locale", out.locale);
  in.object_text("attributes", out.attributes);
}

ordered_json preferences_json(const user& who) {
  ordered_json out{{"preferences", ordered_json::array()},
                   {"quiet_hours", who.quiet_hours ? window_json(*who.quiet_hours) : ordered_json(nullptr)},
                   {"digest", kept_json(who.digest)}};
  for (auto& r : who.rules)
    out["preferences"].push_back(rule_json(r));
  return out;
}

void read_preferences(object_reader& in, const options& config, user& out) {
  out.rules.clear();
  out.quiet_hours.reset();
  out.digest = "{}";
  read_rules(in, config, out.rules);
  read_quiet_hours(in, out.quiet_hours);
  in.object_text("digest", out.digest);
}

} // namespace carillon::http
