#include "actors/policy/follow_up.hpp"

#include "actors/policy/routing.hpp"
#include "messages/transitions.hpp"

namespace carillon {
namespace {

bool ended_well(delivery_status s) {
  return s == delivery_status::sent || s == delivery_status::delivered;
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
  if (!ended_well(next.status))
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

order_ptr take_back(const report& what, sys_time now) {
  auto order = std::make_shared<update_order>();
  order->n = what.n;
  order->settle_with = what.d.attempts.back().provider;
  auto& update = order->update;
  update.d = what.d;
  update.expected = delivery_status::sending;
  update.expected_attempts = static_cast<int>(what.d.attempts.size());
  update.d.attempts.pop_back();
  update.d.due = what.not_before;
  move_to(update.d, delivery_status::queued, now,
          {"provider.paused", "The provider could not take it; it goes back to its queue and this does not count."});
  return order;
}

} // namespace carillon
