// What is written to the store, row by row.
#include <algorithm>

#include "actors/policy/backoff.hpp"
#include "messages/transitions.hpp"
#include "tests/sim/ledger.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

bool named(const delivery& d, std::string_view rule) {
  return std::any_of(d.history.begin(), d.history.end(), [&](auto& change) { return change.rule == rule; });
}

/// The provider whose slot it holds; empty where it holds none.
std::string holds(const delivery* d) {
  return d != nullptr && d->status == delivery_status::sending && !d->attempts.empty() ? d->attempts.back().provider
                                                                                       : "";
}

bool starts(const row_change& change) {
  auto before = change.before == nullptr ? 0 : change.before->attempts.size();
  return change.after.status == delivery_status::sending && change.after.attempts.size() > before;
}

} // namespace

void ledger::written(lane l, const row_change& change) {
  auto& d = change.after;
  around_.log.note("row", to_string(l), d.key, change.before ? to_string(change.before->status) : "new",
                   to_string(d.status), d.decision.rule,
                   d.due ? "due in " + std::to_string((*d.due - around_.clock.wall()).count()) : "");
  auto& known = deliveries_[{l, d.key}];
  if (change.before == nullptr)
    known.kept_at = around_.clock.steady();
  if (auto from = holds(change.before), to = holds(&d); from != to) {
    if (!from.empty())
      --sending_[{l, from}];
    if (!to.empty())
      ++sending_[{l, to}];
    check_slots(l, to);
  }
  auto by_hand = d.history.back().rule == rule_redriven || d.history.back().rule == "resolved";
  if (change.before && d.status == delivery_status::queued && by_hand)
    ++known.by_hand;
  check_move(l, change);
  if (starts(change))
    check_start(l, change);
  if (!d.attempts.empty() && d.attempts.back().outcome)
    check_outcome(l, change);
  if (d.status == delivery_status::scheduled || d.due || d.standby || d.attempts.size() > 1
      || named(d, "provider.paused") || named(d, "routing.first"))
    known.plain = false;
}

void ledger::check_move(lane l, const row_change& change) {
  auto& d = change.after;
  if (change.before && change.before->status != d.status && !may_move(change.before->status, d.status))
    broken("legal moves", name_of(l, d.key) + " goes from " + std::string{to_string(change.before->status)} + " to "
                            + std::string{to_string(d.status)});
  auto needs_reason = !is_unfinished(d.status) && d.status != delivery_status::sent
                      && d.status != delivery_status::delivered && !change.n.erased;
  auto& why = d.history.back();
  if (needs_reason && d.decision.rule.empty() && why.rule.empty())
    broken("every outcome has a reason", name_of(l, d.key) + " ends " + std::string{to_string(d.status)} + " without");
}

void ledger::check_start(lane l, const row_change& change) {
  auto& d = change.after;
  auto& known = deliveries_[{l, d.key}];
  auto& started = d.attempts.back();
  if (change.before && change.before->due) {
    auto due = *change.before->due;
    if (due > started.started_at && !stepped_within(60s))
      broken("not before it is due", name_of(l, d.key) + " starts early");
    latest_start_ = std::max(latest_start_, around_.clock.wall() - due);
  }
  if (d.expires_at && started.started_at >= *d.expires_at && !stepped_within(60s))
    broken("nothing starts after it expired", name_of(l, d.key));
  if (auto used = around_.used_places.find({l, d.key}); used != around_.used_places.end())
    if (static_cast<int>(d.attempts.size()) == d.attempts_before + 1)
      known.places[d.attempts_before] = used->second;
  check_attempts(l, d);
  if (d.attempts.size() == 1 && known.plain)
    check_order(l, d);
}

void ledger::check_attempts(lane l, const delivery& d) {
  auto allowed = attempts_allowed(around_.plan.config.channels.at(d.channel).retry);
  if (static_cast<int>(d.attempts.size()) - d.attempts_before > allowed + deliveries_[{l, d.key}].by_hand)
    broken("retries are bounded", name_of(l, d.key) + " begins attempt " + std::to_string(d.attempts.size()));
}

/// The calls that a crash of this instant would leave ambiguous.
void ledger::check_slots(lane l, const std::string& provider) {
  if (auto count = sending_[{l, provider}]; !provider.empty() && count > slots_of(l, provider))
    broken("ambiguous calls are at most the slots", std::to_string(count) + " starts at " + provider + " in lane "
                                                      + std::string{to_string(l)} + ", slots "
                                                      + std::to_string(slots_of(l, provider)));
}

const ledger::call_record* ledger::call_of(lane l, const delivery& d) const {
  auto known = deliveries_.find({l, d.key});
  if (known == deliveries_.end())
    return nullptr;
  for (auto number : known->second.calls)
    if (calls_[number].id.attempt == d.attempts.back().number)
      return &calls_[number];
  return nullptr;
}

/// An outcome that was not there before must be what the vendor said, or what a death
/// left unknown. A start that is taken back shows the outcome before it again.
void ledger::check_outcome(lane l, const row_change& change) {
  auto& d = change.after;
  auto& last = d.attempts.back();
  auto last_before = d.attempts.size() - 1;
  if (change.before && last_before < change.before->attempts.size() && change.before->attempts[last_before].outcome)
    return;
  auto* call = call_of(l, d);
  auto outside = d.channel != channel::in_app && last.provider != "texts" && last.provider != "test_sandbox";
  if (last.code == "interrupted") {
    // What was recorded and never called may be of credit that outlived its provider for a moment.
    auto since = call != nullptr ? call->at : deliveries_[{l, d.key}].asked_at - 30s;
    auto died = [&](const std::string& who) {
      auto death = deaths_.find(std::string{to_string(l)} + ' ' + who);
      return death != deaths_.end() && death->second >= since;
    };
    if (around_.process_began < since && !died("provider." + last.provider) && !died("supervisor"))
      broken("no outcome before the send", name_of(l, d.key) + " is called interrupted, and nobody died");
  } else if (last.outcome == outcome::accepted && (call == nullptr || call->taken == 0)) {
    broken("no outcome before the send", name_of(l, d.key) + " is accepted, and its vendor has not taken it");
  } else if (outside && call != nullptr && call->meaning != last.outcome) {
    broken("no outcome before the send", name_of(l, d.key) + " is written " + std::string{to_string(*last.outcome)}
                                           + ", which its vendor did not say");
  }
}

/// Nothing that was accepted after it for the same person, channel and priority may
/// have started already, if both waited for nothing but their turn.
void ledger::check_order(lane l, const delivery& d) {
  auto& known = deliveries_[{l, d.key}];
  known.started_in_turn = true;
  if (around_.trouble_at >= known.kept_at)
    return;
  // A clock that is set back begins the limits anew: what waits for them is decided
  // again, behind those that come meanwhile.
  if (around_.clock_set_back_at >= known.kept_at)
    return;
  // A slot that is void when its turn comes goes back, and another row has one first.
  for (auto& provider : around_.plan.config.channels.at(d.channel).providers)
    if (auto found = shaken_.find(std::string{to_string(l)} + ' ' + provider);
        found != shaken_.end() && found->second >= known.kept_at - 10s)
      return;
  auto& rows = disk_.of(l).deliveries();
  for (auto later = rows.upper_bound(d.key); later != rows.end(); ++later) {
    auto& other = later->second;
    auto after = deliveries_.find({l, later->first});
    if (other.user_id == d.user_id && other.channel == d.channel && other.priority == d.priority
        && other.space == d.space && after->second.started_in_turn && after->second.kept_at > known.kept_at)
      broken("in acceptance order", name_of(l, d.key) + " starts after " + std::to_string(later->first));
  }
}

} // namespace carillon::sim
