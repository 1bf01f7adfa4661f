#include "actors/policy/choice.hpp"

#include <algorithm>

#include "actors/policy/quiet_hours.hpp"
#include "actors/policy/sentence.hpp"

namespace carillon {
namespace {

using level = preference_rule::level;
using answer = std::optional<verdict>;

std::string quoted(const std::string& name) {
  return '"' + name + '"';
}

std::string word(channel on) {
  return std::string{to_string(on)};
}

verdict ends(delivery_status status, std::string rule, std::string reason) {
  return {status, {std::move(rule), std::move(reason)}, std::nullopt};
}

verdict suppressed(std::string rule, std::string reason) {
  return ends(delivery_status::suppressed, std::move(rule), std::move(reason));
}

// ---------------------------------------------------------------- what stands against it

answer switched_off(const choice_input& in) {
  if (in.settings == nullptr)
    return std::nullopt;
  auto& channels = in.settings->channels;
  if (auto found = channels.find(in.channel); found != channels.end() && !found->second)
    return suppressed("settings.channel_off", "The channel " + word(in.channel) + " is switched off by the operator.");
  auto& types = in.settings->types;
  if (auto found = types.find(in.type_name); found != types.end() && !found->second)
    return suppressed("settings.type_off", "The type " + quoted(in.type_name) + " is switched off by the operator.");
  return std::nullopt;
}

answer erased(const choice_input& in) {
  if (!in.who.erased)
    return std::nullopt;
  return suppressed("person.erased", "The person was erased and is not contacted any more.");
}

answer unreachable(const choice_input& in) {
  if (!in.address.empty())
    return std::nullopt;
  return ends(delivery_status::failed, "no_address",
              "There is no address for " + word(in.channel) + ": neither the request nor the person names one.");
}

answer on_the_ledger(const choice_input& in) {
  auto& ledger = in.who.suppressed;
  if (std::find(ledger.begin(), ledger.end(), std::pair{in.channel, in.address}) == ledger.end())
    return std::nullopt;
  return suppressed("suppression", "The address is on the suppression list of " + word(in.channel) + ".");
}

answer too_late(const choice_input& in) {
  if (!in.expires_at || *in.expires_at > in.now)
    return std::nullopt;
  return ends(delivery_status::expired, "expired", "It expired at " + instant_text(*in.expires_at) + ".");
}

// ---------------------------------------------------------------- the person's choice

std::string rule_name(const preference_rule& rule) {
  auto narrow = rule.channel.has_value();
  switch (rule.on) {
  case level::type: return narrow ? "preference.type_channel" : "preference.type";
  case level::category: return narrow ? "preference.category_channel" : "preference.category";
  case level::any: break;
  }
  return narrow ? "preference.any_channel" : "preference.any";
}

std::string choice_sentence(const preference_rule& rule) {
  std::string text = rule.enabled ? "The person allows " : "The person does not want ";
  if (rule.on == level::any)
    text += "notifications";
  else
    text += (rule.on == level::type ? "the type " : "the category ") + quoted(rule.name);
  return text + (rule.channel ? " on " + word(*rule.channel) : " on any channel");
}

/// A choice against the notification, unless something outranks choices.
verdict refused(const choice_input& in, verdict otherwise) {
  if (in.type.mandatory)
    return ends(delivery_status::queued, "mandatory",
                "The type " + quoted(in.type_name) + " is mandatory: a person's choice does not hold it.");
  return otherwise;
}

verdict by_choice(const choice_input& in, const preference_rule& rule) {
  auto name = rule_name(rule);
  auto sentence = choice_sentence(rule);
  if (rule.enabled)
    return ends(delivery_status::queued, std::move(name), sentence + '.');
  if (!in.type.mandatory && !in.category.opt_out)
    return ends(delivery_status::queued, "category.no_opt_out",
                "The category " + quoted(in.category_name) + " allows no opt-out.");
  return refused(in, suppressed(std::move(name), sentence + '.'));
}

const preference_rule* rule_for(const choice_input& in) {
  return in.who.who == nullptr ? nullptr : find_rule(in.who.who->rules, in.type_name, in.category_name, in.channel);
}

verdict permission(const choice_input& in) {
  if (auto rule = rule_for(in))
    return by_choice(in, *rule);
  if (!in.category.default_enabled)
    return refused(in, suppressed("category.default", "The category " + quoted(in.category_name)
                                                        + " is off until the person turns it on."));
  return ends(delivery_status::queued, "allowed", "Nothing stands against it.");
}

// ---------------------------------------------------------------- when

/// When the quiet hours that hold `at` end, whether they bind this notification or not.
std::optional<sys_time> quiet_end(const choice_input& in, sys_time at) {
  if (!in.category.quiet_hours)
    return std::nullopt;
  auto who = in.who.who.get();
  auto own = who == nullptr ? std::nullopt : who->quiet_hours;
  auto window = own ? own : default_window(in.config.quiet_hours);
  if (!window)
    return std::nullopt;
  auto& default_zone = in.config.quiet_hours.time_zone;
  return quiet_until(*window, who == nullptr || who->time_zone.empty() ? default_zone : who->time_zone, at);
}

verdict waits(const choice_input& in, sys_time due, std::string rule, const std::string& what) {
  if (in.expires_at && due >= *in.expires_at)
    return ends(delivery_status::expired, "expired",
                "It expires at " + instant_text(*in.expires_at) + ", before " + what + " at " + instant_text(due)
                  + '.');
  return {
    delivery_status::scheduled, {std::move(rule), "It waits for " + what + " at " + instant_text(due) + '.'}, due};
}

verdict not_quiet_for(const choice_input& in, sys_time quiet, verdict allowed) {
  if (in.type.mandatory)
    allowed.why = {"mandatory", "The type " + quoted(in.type_name) + " is mandatory: quiet hours until "
                                  + instant_text(quiet) + " do not hold it."};
  else
    allowed.why.reason += " Priority critical does not wait for quiet hours until " + instant_text(quiet) + '.';
  return allowed;
}

verdict timing(const choice_input& in, verdict allowed) {
  auto earliest = std::max(in.now, in.send_at.value_or(in.now));
  auto quiet = quiet_end(in, earliest);
  auto exempt = in.type.mandatory || in.priority == priority::critical;
  if (quiet && !exempt)
    return waits(in, *quiet, "quiet_hours", "the end of the person's quiet hours");
  if (earliest > in.now)
    return waits(in, earliest, "send_at", "the time the sender chose");
  return quiet ? not_quiet_for(in, *quiet, std::move(allowed)) : allowed;
}

} // namespace

verdict decide(const choice_input& in) {
  for (auto check : {switched_off, erased, unreachable, on_the_ledger, too_late})
    if (auto against = check(in))
      return *std::move(against);
  auto allowed = permission(in);
  return allowed.status == delivery_status::queued ? timing(in, std::move(allowed)) : allowed;
}

const preference_rule* find_rule(const std::vector<preference_rule>& rules, const std::string& type,
                                 const std::string& category, channel on) {
  auto applies = [&](const preference_rule& rule) {
    if (rule.channel && *rule.channel != on)
      return false;
    return rule.on == level::any || rule.name == (rule.on == level::type ? type : category);
  };
  auto breadth = [](const preference_rule& rule) { return 2 * static_cast<int>(rule.on) + (rule.channel ? 0 : 1); };
  const preference_rule* best = nullptr;
  for (auto& rule : rules)
    if (applies(rule) && (best == nullptr || breadth(rule) <= breadth(*best)))
      best = &rule;
  return best;
}

} // namespace carillon
