#include "actors/throttle.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/messaging.hpp"
#include "actors/policy/standby.hpp"

namespace carillon {
namespace {

constexpr duration longest_history = std::chrono::hours{24};

/// The category a delivery of that type has when its notification is not at hand.
std::string category_of(const options& config, const std::string& type) {
  auto found = config.types.find(type);
  return found == config.types.end() ? type_options{}.category : found->second.category;
}

/// When a delivery used, or will use, its place in the limits; nothing where it has
/// none. What a clock wrote that was set back since counts as used now.
std::optional<sys_time> used_at(const delivery& d, sys_time now) {
  auto written_later = !d.history.empty() && d.history.back().at > now;
  if (!d.attempts.empty())
    return std::min(d.attempts.front().started_at, now);
  return d.limits_paid ? (written_later ? now : d.due) : std::nullopt;
}

void append(std::vector<applied_limit>& all, std::vector<applied_limit> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

} // namespace

void throttle_state::start() {
  auto since = context->clock.now() - std::min(longest_period(context->config), longest_history);
  context->store.recent_attempts(since, [to = self](result<std::vector<delivery>> answer) {
    auto recent = std::make_shared<std::vector<pulled>>();
    if (answer) // without history the limits start full: more generous, never stricter
      for (auto& d : *answer)
        recent->push_back({nullptr, std::move(d)});
    cross(to, answer_atom_v, std::move(recent));
  });
}

/// It waited: what the person wants, and the time, may have changed meanwhile.
template <class Work>
void throttle_state::decide_again(const Work& what) {
  auto& n = *what->n;
  pass(peers->preference_for(n.user_id), is_urgent(n.priority), decide_atom_v, what);
}

void throttle_state::rebuild(const std::vector<pulled>& recent) {
  auto settings = context->settings();
  // In the order of use, so that reserved places follow what was used before them.
  std::vector<std::pair<sys_time, const delivery*>> uses;
  for (auto& row : recent)
    if (auto at = used_at(row.d, context->clock.now()))
      uses.emplace_back(*at, &row.d);
  std::sort(uses.begin(), uses.end());
  for (auto& [at, used] : uses) {
    auto& d = *used;
    auto category = category_of(context->config, d.type);
    for (auto owner : {limit_owner::people, limit_owner::lane})
      for (auto& l : limits_of(context->config, *settings, d, category, owner))
        buckets->at(l.key).debit(l.limit, at);
  }
  rebuilt = true;
  for (auto& what : std::exchange(early, {}))
    std::visit([this](auto& work) { decide_again(work); }, what);
}

void throttle_state::decide(waiting what) {
  if (!peers)
    return;
  if (!rebuilt)
    early.push_back(std::move(what));
  else
    std::visit([this](auto& work) { apply(work); }, what);
}

limit_verdict throttle_state::charge_one(delivery& d, const std::string& category, std::vector<debit>& own,
                                         std::vector<debit>& for_bulk) {
  auto settings = context->settings();
  auto& config = context->config;
  auto limits = limits_of(config, *settings, d, category, limit_owner::lane);
  if (context->lane == lane::bulk)
    append(limits, limits_of(config, *settings, d, category, limit_owner::people));
  auto now = context->clock.now();
  auto verdict = charge(*buckets, limits, now, own);
  switch (verdict.what) {
  case limit_verdict::kind::pass: d.limits_paid = true; break;
  case limit_verdict::kind::delay:
    d.limits_paid = true;
    d.status = delivery_status::scheduled;
    d.due = verdict.until;
    break;
  case limit_verdict::kind::drop: d.status = delivery_status::suppressed; break;
  case limit_verdict::kind::reject: break; // the request as a whole is refused, or the delivery dropped
  }
  if (d.limits_paid && context->lane == lane::critical)
    for (auto owner : {limit_owner::people, limit_owner::lane})
      for (auto& l : limits_of(config, *settings, d, category, owner))
        for_bulk.push_back({l.name, l.key, l.limit});
  if (verdict.what != limit_verdict::kind::pass) {
    context->watch.throttled(context->lane, verdict.limit);
    d.decision = {"limit." + verdict.limit, verdict.reason};
    if (verdict.what != limit_verdict::kind::reject)
      d.history.back() = {d.status, now, d.decision.rule, d.decision.reason};
  }
  return verdict;
}

void throttle_state::apply(const intake_ptr& what) {
  if (what->explain) {
    if (auto refused = explain(*what))
      return what->refuse(std::move(*refused));
    return pass(peers->dispatcher, is_urgent(what->n->priority), place_atom_v, what);
  }
  do {
    if (auto refused = charge_all(*what))
      return what->refuse(std::move(*refused));
  } while (release_standby(what->deliveries, context->clock.now()));
  pass(peers->dispatcher, is_urgent(what->n->priority), place_atom_v, what);
}

std::optional<fault> throttle_state::charge_all(intake& what) {
  for (auto& w : what.deliveries) {
    if (w.d.status != delivery_status::queued || w.d.limits_paid)
      continue;
    auto verdict = charge_one(w.d, what.n->category, what.debits, what.peoples_debits);
    if (verdict.what == limit_verdict::kind::reject) {
      refund_all(what.debits);
      return fault{errc::rate_limited, verdict.reason, {}, verdict.until - context->clock.now(), verdict.quota};
    }
  }
  return std::nullopt;
}

void throttle_state::apply(const work_ptr& what) {
  auto& d = what->d;
  std::vector<debit> own, for_bulk;
  d.history.push_back({delivery_status::queued, context->clock.now(), {}, {}});
  auto verdict = charge_one(d, what->n->category, own, for_bulk);
  if (!for_bulk.empty() && context->post_debits)
    context->post_debits(std::make_shared<const std::vector<debit>>(std::move(for_bulk)));
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
  order->update.release_standby = d.status == delivery_status::suppressed;
  order->work = what;
  pass(peers->status_sink, is_urgent(d.priority), record_atom_v, std::move(order));
}

std::optional<fault> throttle_state::explain(intake& what) {
  auto settings = context->settings();
  auto now = context->clock.now();
  for (auto& w : what.deliveries) {
    auto limits = limits_of(context->config, *settings, w.d, what.n->category, limit_owner::lane);
    if (context->lane == lane::bulk)
      append(limits, limits_of(context->config, *settings, w.d, what.n->category, limit_owner::people));
    auto& views = what.limits.emplace_back();
    auto verdict = peek(*buckets, limits, now, views);
    if (w.d.status != delivery_status::queued || verdict.what == limit_verdict::kind::pass)
      continue;
    if (verdict.what == limit_verdict::kind::reject)
      return fault{errc::rate_limited, verdict.reason, {}, verdict.until - now, verdict.quota};
    w.d.decision = {"limit." + verdict.limit, verdict.reason};
    w.d.status = verdict.what == limit_verdict::kind::delay ? delivery_status::scheduled : delivery_status::suppressed;
    w.d.due = verdict.until;
  }
  return std::nullopt;
}

void throttle_state::debit_all(const std::vector<debit>& debits) {
  for (auto& d : debits)
    buckets->at(d.key).debit(d.terms, context->clock.now());
}

void throttle_state::refund_all(const std::vector<debit>& debits) {
  for (auto& d : debits)
    buckets->at(d.key).refund(d.terms);
}

throttle_actor::behavior_type throttle(throttle_actor::stateful_pointer<throttle_state> self, context_ptr context,
                                       throttle_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.self = caf::actor_cast<throttle_actor>(self);
  state.buckets = std::make_unique<bucket_table>(config.buckets);
  state.start();
  return {
    [self](decide_atom, const intake_ptr& what) { self->state.decide(what); },
    [self](decide_atom, const work_ptr& what) { self->state.decide(what); },
    [self](debit_atom, const debits_ptr& debits) { self->state.debit_all(*debits); },
    [self](refund_atom, const debits_ptr& debits) { self->state.refund_all(*debits); },
    [self](answer_atom, const pulled_ptr& recent) { self->state.rebuild(*recent); },
    [self](look_atom) { report_mailbox(self, *self->state.context); },
    [self](peers_atom, const peers_ptr& peers) { self->state.peers = peers; },
  };
}

} // namespace carillon
