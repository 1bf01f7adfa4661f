#include "actors/policy/waiting.hpp"

#include <algorithm>

#include "actors/policy/sentence.hpp"

namespace carillon {
namespace {

/// Rule, sentence and end of what keeps that provider from taking more work now.
waiting obstacle_of(const provider_view& v, sys_time now) {
  auto whose = "provider \"" + v.name + '"';
  auto because = [&](std::string_view rule, std::string reason, std::optional<sys_time> until = std::nullopt) {
    return waiting{v.name, {std::string{rule}, std::move(reason)}, until};
  };
  if (v.draining)
    return because("waits.shutdown", "The engine is shutting down; it goes out after the next start.");
  if (v.forced == breaker_order::open)
    return because("waits.breaker_forced", "A person has forced the breaker of " + whose + " open.");
  if (v.breaker == breaker_state::open && v.reopens_at)
    return because("waits.breaker",
                   "The breaker of " + whose + " is open after failures; it is probed at " + instant_text(*v.reopens_at)
                     + '.',
                   v.reopens_at);
  if (v.paused_until && *v.paused_until > now)
    return because("waits.pause",
                   "The vendor of " + whose + " asked for a pause until " + instant_text(*v.paused_until) + '.',
                   v.paused_until);
  if (v.starting)
    return because("waits.start", "The calls of " + whose + " from before are being settled; it takes work then.");
  if (v.breaker == breaker_state::half_open)
    return because("waits.probe", "The " + whose + " failed and is being probed: few calls go out until they succeed.");
  if (v.in_flight >= v.slots)
    return because("waits.slot", "All " + std::to_string(v.slots) + " slots of " + whose + " are in use.");
  if (v.rate_until && *v.rate_until > now)
    return because("waits.rate", "The rate of " + whose + " is used up for the moment.", v.rate_until);
  return because(waits_turn, "The " + whose + " takes calls; the work before it goes first.");
}

/// Later than the other, where not to know is the latest.
bool comes_back_before(const waiting& a, const waiting& b) {
  return a.until && (!b.until || *a.until < *b.until);
}

struct obstacle {
  waiting what;
  bool blocks = false; ///< no provider takes work now
};

std::optional<obstacle> obstacle_on(const std::vector<std::string>& route, const std::vector<provider_view>& views,
                                    sys_time now) {
  std::optional<obstacle> soonest;
  for (auto& name : route) {
    auto view = std::find_if(views.begin(), views.end(), [&](auto& v) { return v.name == name; });
    if (view == views.end())
      return std::nullopt;
    auto found = obstacle_of(*view, now);
    if (!view->passed_over)
      return obstacle{std::move(found), view->paused_until && *view->paused_until > now};
    if (!soonest || comes_back_before(found, soonest->what))
      soonest = {std::move(found), true};
  }
  return soonest;
}

/// What its own last step says: a backoff, a vendor's Retry-After, its endpoint.
waiting own_wait(const delivery& d) {
  auto why = d.decision;
  if (!d.history.empty() && !d.history.back().rule.empty())
    why = {d.history.back().rule, d.history.back().reason};
  return {d.queue, std::move(why), d.due};
}

} // namespace

bool waits_for_provider(const delivery& d, sys_time now) {
  if (d.status == delivery_status::queued)
    return true;
  return d.status == delivery_status::scheduled && !d.standby && d.due && *d.due <= now;
}

std::optional<waiting> waiting_of(const delivery& d, const std::vector<std::string>& route,
                                  const std::vector<provider_view>& views, sys_time now) {
  if (!waits_for_provider(d, now))
    return std::nullopt;
  auto theirs = obstacle_on(route, views, now);
  std::optional<waiting> found;
  if (d.due && *d.due > now) {
    auto outlasts = theirs && theirs->blocks && (!theirs->what.until || *theirs->what.until > *d.due);
    found = outlasts ? std::move(theirs->what) : own_wait(d);
  } else if (theirs) {
    found = std::move(theirs->what);
  }
  if (found && found->until && d.expires_at && *found->until >= *d.expires_at)
    found->why.reason += " It expires before that, at " + instant_text(*d.expires_at) + '.';
  return found;
}

} // namespace carillon
