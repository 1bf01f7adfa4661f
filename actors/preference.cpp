#include "actors/preference.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/messaging.hpp"
#include "actors/policy/routing.hpp"
#include "actors/policy/standby.hpp"
#include "messages/ledger_address.hpp"
#include "messages/transitions.hpp"

namespace carillon {
namespace {

std::string person_key(const space& where, const std::string& user_id) {
  return to_string(where) + '\n' + user_id;
}

const notification& notification_of(const preference_state::waiting& what) {
  if (auto* request = std::get_if<intake_ptr>(&what))
    return *(*request)->n;
  return *std::get<work_ptr>(what)->n;
}

using address_list = preference_state::address_list;

/// Addresses the request itself brought; the ledger is asked about them too.
address_list own_addresses(const notification& n) {
  address_list addresses;
  if (n.to.empty())
    return addresses;
  for (auto on : all_channels)
    if (on != channel::in_app)
      for (auto& address : addresses_of(n.to, on, n.user_id))
        addresses.emplace_back(on, address);
  return addresses;
}

/// What the request says wins, channel by channel, over what is stored.
std::vector<std::string> reach(const notification& n, const person& who, channel on) {
  auto own = addresses_of(n.to, on, n.user_id);
  if (!own.empty() && (on != channel::in_app || n.to.empty()))
    return own;
  return addresses_of(who.who ? who.who->contacts : contacts{}, on, n.user_id);
}

/// The address of stored work, where the ledger was not asked about it: it has left
/// the person's contacts since.
std::optional<address_list::value_type> unasked(const preference_state::waiting& what, const person& who,
                                                const address_list& asked) {
  auto* work = std::get_if<work_ptr>(&what);
  if (work == nullptr || (*work)->d.address.empty())
    return std::nullopt;
  auto& d = (*work)->d;
  auto now = addresses_of(who.who ? who.who->contacts : contacts{}, d.channel, d.user_id);
  address_list::value_type own{d.channel, d.address};
  if (std::find(now.begin(), now.end(), d.address) != now.end()
      || std::find(asked.begin(), asked.end(), own) != asked.end())
    return std::nullopt;
  return own;
}

/// True where what was read of a person may be older than a change that concerns them.
bool is_outdated(const preference_state::look_up& asked, const person& who) {
  auto concerns = [&](const address_list::value_type& changed) {
    auto on = changed.first;
    auto same = [&](const std::string& one) { return ledger_address(on, one) == ledger_address(on, changed.second); };
    auto own = addresses_of(who.who ? who.who->contacts : contacts{}, on, asked.user_id);
    return std::any_of(own.begin(), own.end(), same)
           || std::any_of(asked.extra.begin(), asked.extra.end(),
                          [&](auto& extra) { return extra.first == on && same(extra.second); });
  };
  return asked.outdated || std::any_of(asked.changed.begin(), asked.changed.end(), concerns);
}

/// Past so many addresses that change during a read, it is read again without looking at them.
constexpr std::size_t most_changed = 64;

/// A suppression among it may have ended since it was read.
bool still_good(const packed_person& who, sys_time now) {
  return !who.good_until() || now < *who.good_until();
}

contacts merged(const notification& n, const person& who) {
  auto all = who.who ? who.who->contacts : contacts{};
  auto take = [](std::string& into, const std::string& from) {
    if (!from.empty())
      into = from;
  };
  take(all.email, n.to.email);
  take(all.phone, n.to.phone);
  take(all.webhook, n.to.webhook);
  take(all.telegram_chat, n.to.telegram_chat);
  take(all.slack_channel, n.to.slack_channel);
  if (!n.to.devices.empty())
    all.devices = n.to.devices;
  return all;
}

verdict no_provider(channel on) {
  return {delivery_status::failed,
          {"no_provider", "No provider is configured for the channel " + std::string{to_string(on)} + '.'},
          std::nullopt};
}

delivery blank(const notification& n, channel on, std::string address) {
  delivery d;
  d.notification_key = n.key;
  d.space = n.space;
  d.user_id = n.user_id;
  d.type = n.type;
  d.channel = on;
  d.address = std::move(address);
  d.priority = n.priority;
  d.expires_at = n.expires_at;
  return d;
}

void take_verdict(delivery& d, const verdict& what, sys_time now) {
  d.decision = what.why;
  d.due = what.due;
  d.status = what.status;
  d.history.push_back({what.status, now, what.why.rule, what.why.reason});
}

} // namespace

std::optional<person> preference_state::person_for(waiting& what) {
  auto& n = notification_of(what);
  auto extra = own_addresses(n);
  if (!extra.empty()) {
    look_up_person(std::move(what), std::move(extra), false);
    return std::nullopt;
  }
  auto key = person_key(n.space, n.user_id);
  // Whoever came before waits for an answer: overtaking would break the order.
  if (auto before = look_ups.find(key); before != look_ups.end()) {
    before->second.back().waiters.push_back(std::move(what));
    return std::nullopt;
  }
  if (auto* cached = people.find(key); cached && still_good(*cached, context->clock.now())) {
    auto who = cached->unpack(n.space, n.user_id);
    if (!unasked(what, who, {})) {
      context->watch.preference_cache(true);
      return who;
    }
  }
  if (auto left = unasked(what, person{}, {}))
    extra.push_back(std::move(*left));
  look_up_person(std::move(what), std::move(extra), true);
  return std::nullopt;
}

/// What was asked about stored addresses holds for everybody; what was asked for the
/// addresses of one request is its own.
void preference_state::look_up_person(waiting what, address_list extra, bool cacheable) {
  context->watch.preference_cache(false);
  look_up asked{notification_of(what).space, notification_of(what).user_id, std::move(extra), cacheable};
  asked.waiters.push_back(std::move(what));
  auto& line = look_ups[person_key(asked.where, asked.user_id)];
  ask(line.emplace_back(std::move(asked)));
}

void preference_state::ask(look_up& what) {
  what.number = next_number++;
  what.answer.reset();
  what.outdated = false;
  what.changed.clear();
  auto token = person_key(what.where, what.user_id) + '\n' + std::to_string(what.number);
  context->control.find_person(context->lane, what.where, what.user_id, what.extra,
                               [to = self, token](result<person> answer) {
                                 if (answer)
                                   cross(to, answer_atom_v, token, std::move(*answer));
                                 else
                                   cross(to, answer_atom_v, token);
                               });
}

void preference_state::decide(waiting what) {
  if (!peers)
    return;
  if (auto who = person_for(what))
    std::visit([&](auto& work) { apply(work, *who); }, what);
}

/// Look-ups of one person are settled in the order of asking. What a change has made
/// out of date meanwhile is read again first, and those behind it wait.
void preference_state::answered(const std::string& token, result<person> answer) {
  auto end = token.rfind('\n');
  auto key = token.substr(0, end);
  auto line = look_ups.find(key);
  if (line == look_ups.end())
    return;
  auto number = std::stoull(token.substr(end + 1));
  auto asked = std::find_if(line->second.begin(), line->second.end(), [&](auto& l) { return l.number == number; });
  if (asked == line->second.end())
    return;
  asked->answer = std::move(answer);
  while (line != look_ups.end() && line->second.front().answer) {
    auto& next = line->second.front();
    if (*next.answer && is_outdated(next, **next.answer))
      return ask(next);
    auto done = std::move(next);
    line->second.pop_front();
    if (line->second.empty())
      look_ups.erase(line);
    settle(std::move(done));
    line = look_ups.find(key); // it may have asked for more
  }
}

void preference_state::settle(look_up asked) {
  if (!*asked.answer) {
    // Stored work is let go and stays in its queue; requests are answered.
    for (auto& what : asked.waiters)
      if (auto* request = std::get_if<intake_ptr>(&what))
        (*request)->refuse(asked.answer->error());
    return;
  }
  auto& who = **asked.answer;
  if (asked.cacheable && asked.changed.empty())
    people.put(person_key(asked.where, asked.user_id), packed_person{who});
  for (auto& what : asked.waiters)
    if (auto left = unasked(what, who, asked.extra)) {
      look_up_person(std::move(what), {std::move(*left)}, true);
    } else {
      std::visit([&](auto& work) { apply(work, who); }, what);
    }
}

/// What is being read may be older than the change.
void preference_state::forget(const change& what) {
  if (!what.address) {
    auto key = person_key(what.space, what.user_id);
    people.erase(key);
    if (auto line = look_ups.find(key); line != look_ups.end())
      for (auto& asked : line->second)
        asked.outdated = true;
    return;
  }
  people.clear(); // a suppression may concern anybody with that address
  for (auto& [key, line] : look_ups)
    for (auto& asked : line)
      if (asked.changed.size() < most_changed)
        asked.changed.push_back(*what.address);
      else
        asked.outdated = true;
}

verdict preference_state::verdict_for(const notification& n, const delivery& d, const person& who,
                                      const resolved_type& type, bool at_accept) const {
  auto settings = context->settings();
  return carillon::decide(choice_input{.config = context->config,
                                       .settings = settings.get(),
                                       .who = who,
                                       .type = type.type,
                                       .category = type.category,
                                       .type_name = n.type,
                                       .category_name = n.category,
                                       .priority = n.priority,
                                       .channel = d.channel,
                                       .address = d.address,
                                       .send_at = at_accept ? n.send_at : std::nullopt,
                                       .expires_at = d.expires_at,
                                       .now = context->clock.now()});
}

std::vector<delivery_work> preference_state::deliveries_for(const intake& what, const person& who) const {
  auto& n = *what.n;
  auto type = resolve_type(context->config, n.type, n.category, n.priority);
  std::vector<delivery_work> out;
  if (!type) // ingest has resolved it already
    return out;
  auto now = context->clock.now();
  auto add = [&](delivery d, const verdict& v) {
    if (out.size() >= bounds::deliveries)
      return;
    d.key = n.key + 1 + static_cast<row_key>(out.size());
    d.id = context->ids.make(d.key);
    take_verdict(d, v, now);
    delivery_work w;
    w.n = what.n;
    w.d = std::move(d);
    out.push_back(std::move(w));
  };
  for (auto on : channels_of(what.command, type->type, context->config, merged(n, who), who.who.get())) {
    auto addresses = reach(n, who, on);
    if (addresses.empty())
      addresses.emplace_back();
    for (auto& address : addresses) {
      auto d = blank(n, on, address);
      auto v = verdict_for(n, d, who, *type, true);
      if (is_unfinished(v.status) && route_of(context->config, on, n.space.mode).empty())
        v = no_provider(on);
      add(std::move(d), v);
    }
  }
  if (out.empty())
    add(blank(n, channel::in_app, ""), {delivery_status::failed,
                                        {"no_channel", "No channel has both a provider and an address of this person."},
                                        std::nullopt});
  if (type->type.routing == routing::first)
    stand_by(out, now);
  return out;
}

void preference_state::apply(const intake_ptr& what, const person& who) {
  what->deliveries = deliveries_for(*what, who);
  pass(peers->throttle, is_urgent(what->n->priority), decide_atom_v, what);
}

void preference_state::apply(const work_ptr& what, const person& who) {
  auto& n = *what->n;
  auto& d = what->d;
  auto type = resolve_type(context->config, n.type, n.category, n.priority);
  if (!type) // the category is gone from the configuration: the strictest reading that still delivers
    type = resolve_type(context->config, n.type, "", n.priority);
  auto v = verdict_for(n, d, who, *type, false);
  if (v.status == delivery_status::queued) {
    d.due.reset();
    if (static_cast<int>(d.attempts.size()) > d.attempts_before) // a retry
      pass(peers->dispatcher, is_urgent(n.priority), place_atom_v, what);
    else
      pass(peers->throttle, is_urgent(n.priority), decide_atom_v, what);
    return;
  }
  take_verdict(d, v, context->clock.now());
  if (d.place) // it will not be used at its instant
    d.place = lost_place;
  auto order = std::make_shared<update_order>();
  order->n = what->n;
  order->update = {d, what->stored, static_cast<int>(what->stored_attempts)};
  order->update.release_standby = !is_unfinished(d.status);
  order->work = what;
  pass(peers->status_sink, is_urgent(n.priority), record_atom_v, std::move(order));
}

preference_actor::behavior_type preference(preference_actor::stateful_pointer<preference_state> self,
                                           context_ptr context, preference_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.self = caf::actor_cast<preference_actor>(self);
  state.people = bounded_cache<packed_person>{config.cached_people};
  state.child_name = std::move(config.child_name);
  return {
    [self](decide_atom, const intake_ptr& what) { self->state.decide(what); },
    [self](decide_atom, const work_ptr& what) { self->state.decide(what); },
    [self](answer_atom, const std::string& token, const person& who) { self->state.answered(token, who); },
    [self](answer_atom, const std::string& token) {
      self->state.answered(
        token, fault{errc::store_unavailable, "Preferences cannot be read just now.", {}, std::chrono::seconds{1}});
    },
    [self](changed_atom, const change_ptr& what) {
      self->state.forget(*what);
      if (self->state.peers)
        for (auto urgent : {true, false}) // behind what was decided before, of either kind
          pass(self->state.peers->throttle, urgent, changed_atom_v, what);
    },
    [self](look_atom) { report_mailbox(self, *self->state.context, self->state.child_name); },
    [self](peers_atom, const peers_ptr& peers) { self->state.peers = peers; },
  };
}

} // namespace carillon
