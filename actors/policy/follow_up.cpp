#include "actors/policy/follow_up.hpp"

#include "actors/policy/routing.hpp"
#include "actors/policy/sentence.hpp"
#include "messages/transitions.hpp"

namespace carillon {
namespace {

bool ended_well(delivery_status s) {
  return s == delivery_status::sent || s == delivery_status::delivered;
}

/// Nothing has happened to it since the rule that let it through at accept: that
/// rule is what a success shows, and not, say, an earlier attempt's failure, or what
/// it once waited for.
bool stands_as_accepted(const delivery& d) {
  if (d.history.empty())
    return false;
  auto& first = d.history.front();
  return first.status == delivery_status::queued && first.rule == d.decision.rule;
}

/// The provider that made the attempt and those after it.
std::vector<std::string> route_after(const options& config, const delivery& d) {
  return route_from(config, d.attempts.back().provider);
}

} // namespace

order_ptr follow_up(const options& config, const feature_settings& settings, const report& what, sys_time now,
                    std::mt19937_64& random) {
  auto& d = what.d;
  auto type = config.types.find(d.type);
  auto channel = config.channels.find(d.channel);
  auto options_of_channel = channel == config.channels.end() ? channel_options{} : channel->second;
  disposition_input in{.d = d,
                       .what = d.attempts.back().outcome.value_or(outcome::ambiguous),
                       .retry_after = what.retry_after,
                       .confirms = what.confirms,
                       .key_carried = what.key_carried,
                       .on_ambiguous = type == config.types.end() ? ambiguity_policy::retry : type->second.on_ambiguous,
                       .retry = with_settings(options_of_channel.retry, &settings, d.channel),
                       .fallback_after = options_of_channel.fallback_after,
                       .route = route_after(config, d),
                       .now = now};
  auto next = dispose(in, random);
  auto order = std::make_shared<update_order>();
  order->n = what.n;
  order->settle_with = d.attempts.back().provider;
  order->suppress_address = next.suppress_address;
  auto& update = order->update;
  update.d = d;
  update.expected = delivery_status::sending;
  update.expected_attempts = static_cast<int>(d.attempts.size());
  update.cancel_standby = ended_well(next.status);
  update.release_standby = !ended_well(next.status) && !is_unfinished(next.status);
  update.d.provider_failures = next.provider_failures;
  update.d.due = next.due;
  if (!next.queue.empty())
    update.d.queue = next.queue;
  if (!ended_well(next.status) || !stands_as_accepted(d))
    update.d.decision = next.why;
  move_to(update.d, next.status, now, next.why);
  return order;
}

report_ptr interrupted(pulled row, bool key_carried, sys_time now) {
  auto r = std::make_shared<report>();
  r->n = std::move(row.n);
  r->d = std::move(row.d);
  r->key_carried = key_carried;
  auto& a = r->d.attempts.back();
  a.finished_at = now;
  a.outcome = outcome::ambiguous;
  a.code = "interrupted";
  a.detail = "The engine stopped while this call was on its way; it may have been taken.";
  return r;
}

namespace {

bool is_hand_back(const status_change& change) {
  return change.status == delivery_status::queued
         && (change.rule == provider_paused || std::string_view{change.rule}.starts_with("endpoint."));
}

/// Undoes a start; answers since when work has been handed back for that reason.
sys_time undo_start(delivery& d, const std::string& rule, sys_time now) {
  auto& history = d.history;
  d.attempts.pop_back();
  if (!history.empty() && history.back().status == delivery_status::sending)
    history.pop_back();
  if (history.empty() || !is_hand_back(history.back()))
    return now;
  auto since = history.back().rule == rule ? history.back().at : now;
  history.pop_back();
  return since;
}

/// How long a delivery bears with an endpoint that fails everybody's calls.
duration patience_of(const options& config, const feature_settings& settings, channel on) {
  auto found = config.channels.find(on);
  auto retry = with_settings(found == config.channels.end() ? retry_options{} : found->second.retry, &settings, on);
  return std::max<duration>(std::chrono::minutes{1}, longest_retrying(retry));
}

} // namespace

order_ptr take_back(const options& config, const feature_settings& settings, const report& what, sys_time now) {
  auto order = std::make_shared<update_order>();
  order->n = what.n;
  order->settle_with = what.d.attempts.back().provider;
  auto& update = order->update;
  update.d = what.d;
  update.expected = delivery_status::sending;
  update.expected_attempts = static_cast<int>(what.d.attempts.size());
  auto& d = update.d;
  auto since = undo_start(d, what.not_attempted.rule, now);
  if (what.not_attempted.rule == endpoint_failing && now - since >= patience_of(config, settings, d.channel)) {
    d.decision = {std::string{endpoint_failing}, "Its endpoint has failed every call for " + wait_text(now - since)
                                                   + "; it can be redriven from the dead letters"};
    d.due.reset();
    move_to(d, delivery_status::dead_lettered, now, d.decision);
    update.release_standby = true;
    return order;
  }
  d.due = what.not_before;
  move_to(d, delivery_status::queued, now, what.not_attempted);
  d.history.back().at = since;
  return order;
}

} // namespace carillon
