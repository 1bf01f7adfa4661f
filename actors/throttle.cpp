#include "actors/throttle.hpp"

#include <algorithm>
#include <caf/all.hpp>
#include <set>

#include "actors/messaging.hpp"
#include "actors/policy/sentence.hpp"
#include "actors/policy/standby.hpp"
#include "actors/refusal.hpp"
#include "messages/transitions.hpp"

namespace carillon {
namespace {

constexpr duration longest_history = std::chrono::hours{24};

/// The category a delivery of that type has when its notification is not at hand.
std::string category_name_of(const options& config, const std::string& type) {
  auto found = config.types.find(type);
  return found == config.types.end() ? type_options{}.category : found->second.category;
}

/// A clock that is set by less is taken for one that runs unevenly.
constexpr duration smallest_step = std::chrono::seconds{1};

using use = std::pair<sys_time, const delivery*>;

bool is_redrive(const status_change& change) {
  return change.status == delivery_status::queued && change.rule == rule_redriven;
}

/// When a delivery used, or will use, places in the limits: one for its first attempt,
/// one for the first after each time it was redriven, and the one it waits for.
/// Attempts of a clock that was set back since count as made now.
void add_uses(std::vector<use>& out, const delivery& d, sys_time now) {
  std::set<std::size_t> attempts{0, static_cast<std::size_t>(d.attempts_before)};
  for (auto& change : d.history)
    if (is_redrive(change))
      attempts.insert(static_cast<std::size_t>(
        std::find_if(d.attempts.begin(), d.attempts.end(), [&](auto& a) { return a.started_at >= change.at; })
        - d.attempts.begin()));
  for (auto first : attempts)
    if (first < d.attempts.size())
      out.emplace_back(std::min(d.attempts[first].started_at, now), &d);
  if (d.status == delivery_status::scheduled && d.place && d.place == d.due && *d.place >= now)
    out.emplace_back(*d.place, &d);
}

void append(std::vector<applied_limit>& all, std::vector<applied_limit> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

} // namespace

/// Lets what was decided before arrive in the store, then reads. Limits that nothing
/// can be read for start full, and nobody has a place in them.
void throttle_state::start() {
  rebuilt = false;
  ++reads;
  context->store.barrier([to = self, context = context](const status_result&) {
    auto now = context->clock.now();
    auto since = now - std::min(longest_period(context->config), longest_history);
    context->store.recent_attempts(since, now, [to](result<limit_history> answer) {
      auto recent = std::make_shared<std::vector<pulled>>();
      for (auto& d : answer ? answer->rows : std::vector<delivery>{})
        recent->push_back({nullptr, std::move(d)});
      cross(to, answer_atom_v, std::move(recent), answer ? answer->places_until : sys_time{});
    });
  });
}

/// After a step forward the places that it passed over are lost, and with them the
/// crowd that would fall due at once. After one back, what is booked is out of date.
void throttle_state::watch_clock() {
  auto ahead = context->clock.now() - context->even_time();
  auto step = ahead - std::exchange(clock_ahead, ahead);
  if (step >= smallest_step)
    places_from = context->clock.now();
  else if (step <= -smallest_step)
    start();
  else
    clock_ahead -= step;
}

/// Places from before the last start or step hold only if they were yet to come and
/// were read, so only those of rows that were stored as waiting for them; earlier ones
/// fell due while nobody paced them.
std::optional<sys_time> throttle_state::place_held(const delivery& d, delivery_status stored) const {
  if (!d.place || *d.place < places_from)
    return std::nullopt;
  auto given = d.history.empty() ? *d.place : d.history.back().at;
  auto was_read = stored == delivery_status::scheduled && *d.place <= places_known_until;
  auto since = given >= places_from && given <= latest; // later: by a clock that was set back
  return since || was_read ? d.place : std::nullopt;
}

/// It waited: what the person wants, and the time, may have changed meanwhile.
template <class Work>
void throttle_state::decide_again(const Work& what) {
  auto& n = *what->n;
  pass(peers->preference_for(n.user_id), is_urgent(n.priority), decide_atom_v, what);
}

void throttle_state::decide_again(const debits_ptr& debits) {
  debit_all(debits);
}

void throttle_state::rebuild(const std::vector<pulled>& recent, sys_time known_until) {
  if (--reads > 0)
    return; // it has started over since
  places_from = context->clock.now();
  places_known_until = known_until;
  latest = places_from;
  clock_ahead = places_from - context->even_time();
  buckets = std::make_unique<bucket_table>(how.buckets);
  ++generation;
  // In the order of use, so that reserved places follow what was used before them.
  std::vector<use> uses;
  for (auto& row : recent)
    add_uses(uses, row.d, places_from);
  std::sort(uses.begin(), uses.end());
  for (auto& [at, used] : uses)
    replay(*used, at);
  rebuilt = true;
  for (auto& what : std::exchange(early, {}))
    std::visit([this](auto& work) { decide_again(work); }, what);
}

void throttle_state::replay(const delivery& d, sys_time at) {
  // Made by a clock that was set back: when they were, nobody knows, so they empty a
  // limit and no more.
  auto unsure = !d.attempts.empty() && d.attempts.front().started_at > places_from;
  auto category = category_name_of(context->config, d.type);
  for (auto owner : {limit_owner::people, limit_owner::lane})
    for (auto& l : limits_of(context->config, *context->settings(), d, category, owner))
      if (!unsure || buckets->at(l.key).next(l.limit, at) <= at)
        buckets->book(l.key, l.limit, at, std::min(at, places_from));
}

void throttle_state::decide(waiting what) {
  if (!peers)
    return;
  if (rebuilt)
    watch_clock();
  latest = std::max(latest, context->clock.now());
  if (!rebuilt)
    early.push_back(std::move(what));
  else
    std::visit([this](auto& work) { apply(work); }, what);
}

limit_verdict throttle_state::charge_one(delivery& d, const std::string& category, std::optional<sys_time> held,
                                         booking& booked) {
  auto& own = booked.own;
  auto settings = context->settings();
  auto limits = limits_on(d, category, *settings);
  auto now = context->clock.now();
  auto first = own.size();
  auto verdict = charge(*buckets, limits, now, own, {.let_in = d.place.has_value(), .at = held});
  for (auto made = first; made < own.size(); ++made)
    own[made].buckets = generation;
  switch (verdict.what) {
  case limit_verdict::kind::pass: d.place = verdict.until; break;
  case limit_verdict::kind::delay:
    if (d.expires_at && verdict.until >= *d.expires_at)
      return expires_before(d, std::move(verdict), own, first);
    d.status = delivery_status::scheduled;
    d.place = d.due = verdict.until;
    break;
  case limit_verdict::kind::drop: d.status = delivery_status::suppressed; break;
  case limit_verdict::kind::reject: break; // the request as a whole is refused, or the delivery dropped
  }
  auto let_in = verdict.what == limit_verdict::kind::pass || verdict.what == limit_verdict::kind::delay;
  if (let_in && context->lane == lane::critical)
    for (auto owner : {limit_owner::people, limit_owner::lane})
      for (auto& l : limits_of(context->config, *settings, d, category, owner))
        booked.others.push_back({l.name, l.key, l.limit, verdict.until});
  if (verdict.what != limit_verdict::kind::pass) {
    d.decision = {"limit." + verdict.limit, verdict.reason};
    if (verdict.what != limit_verdict::kind::reject)
      d.history.back() = {d.status, now, d.decision.rule, d.decision.reason};
  }
  return verdict;
}

/// It would wait past its end: it has no use for the place.
limit_verdict throttle_state::expires_before(delivery& d, limit_verdict place, std::vector<debit>& own,
                                             std::size_t first) {
  refund_all({own.begin() + static_cast<std::ptrdiff_t>(first), own.end()});
  own.resize(first);
  d.status = delivery_status::expired;
  d.due.reset();
  d.decision = {"expired", "It expires at " + instant_text(*d.expires_at) + ", before the limit " + place.limit
                             + " has room at " + instant_text(place.until) + '.'};
  d.history.back() = {d.status, context->clock.now(), d.decision.rule, d.decision.reason};
  place.what = limit_verdict::kind::drop;
  return place;
}

void throttle_state::apply(const intake_ptr& what) {
  what->booked = booking{book};
  if (auto refused = what->explain ? charge_dry(*what) : charge_in_turn(*what))
    return refuse_unless_repeated(*context, what, std::move(*refused));
  pass(peers->dispatcher, is_urgent(what->n->priority), place_atom_v, what);
}

/// A channel that cannot be used gives way to the one that stands by.
std::optional<fault> throttle_state::charge_in_turn(intake& what) {
  do {
    if (auto refused = charge_all(what))
      return refused;
  } while (release_standby(what.deliveries, context->clock.now()));
  return std::nullopt;
}

/// A dry run is charged as the request would be; then all is as it was.
std::optional<fault> throttle_state::charge_dry(intake& what) {
  bucket_table::copies before;
  auto settings = context->settings();
  for (auto& w : what.deliveries) {
    auto limits = limits_on(w.d, what.n->category, *settings);
    what.limits.push_back(views_of(*buckets, limits, context->clock.now()));
    for (auto& l : limits)
      buckets->copy(l.key, before);
  }
  auto refused = charge_in_turn(what);
  what.booked.own.clear();
  what.booked.others.clear();
  buckets->put_back(std::move(before));
  return refused;
}

std::optional<fault> throttle_state::charge_all(intake& what) {
  for (auto& w : what.deliveries) {
    if (w.d.status != delivery_status::queued || w.d.place)
      continue;
    auto verdict = charge_one(w.d, what.n->category, std::nullopt, what.booked);
    if (!what.explain)
      count(verdict);
    if (verdict.what == limit_verdict::kind::reject) {
      take_back(what.booked);
      return fault{errc::rate_limited, verdict.reason, {}, verdict.until - context->clock.now(), verdict.quota};
    }
  }
  return std::nullopt;
}

void throttle_state::apply(const work_ptr& what) {
  auto& d = what->d;
  auto held = place_held(d, what->stored);
  if (held && *held <= context->clock.now())
    return pass(peers->dispatcher, is_urgent(d.priority), place_atom_v, what);
  d.history.push_back({delivery_status::queued, context->clock.now(), {}, {}});
  what->booked = booking{book};
  auto verdict = charge_one(d, what->n->category, held, what->booked);
  count(verdict);
  if (verdict.what == limit_verdict::kind::pass) {
    d.history.pop_back();
    return pass(peers->dispatcher, is_urgent(d.priority), place_atom_v, what);
  }
  if (verdict.what == limit_verdict::kind::reject) { // too late to refuse: it was accepted
    d.status = delivery_status::suppressed;
    d.history.back() = {d.status, context->clock.now(), d.decision.rule, d.decision.reason};
  }
  auto order = std::make_shared<update_order>();
  order->n = what->n;
  order->update = {d, what->stored, static_cast<int>(what->stored_attempts)};
  order->update.release_standby = !is_unfinished(d.status);
  order->work = what;
  pass(peers->status_sink, is_urgent(d.priority), record_atom_v, std::move(order));
}

std::vector<applied_limit> throttle_state::limits_on(const delivery& d, const std::string& category,
                                                     const feature_settings& settings) const {
  auto limits = limits_of(context->config, settings, d, category, limit_owner::lane);
  if (context->lane == lane::bulk)
    append(limits, limits_of(context->config, settings, d, category, limit_owner::people));
  return limits;
}

void throttle_state::count(const limit_verdict& what) const {
  if (what.what != limit_verdict::kind::pass)
    context->watch.throttled(context->lane, what.limit);
}

void throttle_state::debit_all(const debits_ptr& debits) {
  if (!rebuilt)
    return early.emplace_back(debits), void();
  for (auto& d : *debits)
    buckets->book(d.key, d.terms, d.at, context->clock.now());
}

void throttle_state::take_back(booking& what) {
  what.others.clear();
  refund_all(std::exchange(what.own, {}));
}

void throttle_state::refund_all(const std::vector<debit>& debits) {
  for (auto& d : debits)
    if (d.buckets == generation)
      buckets->refund(d.key, d.taken);
}

throttle_actor::behavior_type throttle(throttle_actor::stateful_pointer<throttle_state> self, context_ptr context,
                                       throttle_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.self = caf::actor_cast<throttle_actor>(self);
  state.how = config;
  state.buckets = std::make_unique<bucket_table>(config.buckets);
  state.book = std::make_shared<const booking::book>(booking::book{
    [to = state.self](debits_ptr debits) { cross(to, refund_atom_v, std::move(debits)); }, state.context->post_debits});
  state.start();
  return {
    [self](decide_atom, const intake_ptr& what) { self->state.decide(what); },
    [self](decide_atom, const work_ptr& what) { self->state.decide(what); },
    [self](debit_atom, const debits_ptr& debits) { self->state.debit_all(debits); },
    [self](refund_atom, const debits_ptr& debits) { self->state.refund_all(*debits); },
    [self](changed_atom, const change_ptr& what) {
      if (self->state.peers)
        for (auto urgent : {true, false})
          pass(self->state.peers->dispatcher, urgent, changed_atom_v, what);
    },
    [self](answer_atom, const pulled_ptr& recent, sys_time known_until) { self->state.rebuild(*recent, known_until); },
    [self](look_atom) { report_mailbox(self, *self->state.context, self->state.name); },
    [self](peers_atom, const peers_ptr& peers) { self->state.peers = peers; },
  };
}

} // namespace carillon
