// What follows an attempt: where the delivery goes next, when, and why. One
// function over the outcome taxonomy; the retry timer and the status sink apply it. Pure.
#pragma once

#include <optional>
#include <random>

#include "actors/policy/backoff.hpp"
#include "config/options.hpp"
#include "messages/domain.hpp"
#include "messages/work.hpp"

namespace carillon {

struct disposition {
  delivery_status status = delivery_status::queued; ///< queued, held, sent, delivered, failed, expired or dead_lettered
  decision why;                ///< rule: outcome.<word>, retry.used_up, fallback, ambiguous.hold, expired, ...
  std::string queue;           ///< provider to wait for, where queued
  std::optional<sys_time> due; ///< of a retry
  int provider_failures = 0;
  bool suppress_address = false; ///< bad_address: put it on the ledger
};

struct disposition_input {
  const delivery& d; ///< `attempts.back()` is the one that ended
  outcome what = outcome::accepted;
  std::optional<duration> retry_after;
  bool confirms = false;    ///< the protocol's acceptance is delivery
  bool key_carried = false; ///< a repeat is recognised by the vendor
  ambiguity_policy on_ambiguous = ambiguity_policy::retry;
  retry_options retry; ///< with run-time settings applied
  int fallback_after = 2;
  std::vector<std::string> route; ///< providers of the channel in order
  sys_time now{};
};

/// accepted: sent, or delivered where the protocol confirms. retry: same provider
/// after backoff, the next one after `fallback_after` failures there (also after
/// backoff; the last one stays the last), dead_lettered when attempts are used up.
/// throttled: waits Retry-After; longer than max_backoff moves to the next provider
/// at once, if there is one. bad_message, bad_credentials: next provider at once,
/// else failed / dead_lettered. bad_address: failed and suppressed. ambiguous: held
/// where the policy says so and the vendor does not carry our key, else as retry on
/// the same provider. A retry that would start at expires_at or after ends as expired.
///
/// "At once" is queued without a due time. Used-up attempts end before expiry is
/// looked at, and leave no fallback. Attempts before the last redrive do not count.
/// A provider that has left the route gives way to the route's first.
/// Rules: outcome.<word> names what happened at the provider that goes on or ended
/// it; fallback, retry.used_up, ambiguous.hold and expired what was made of it.
disposition dispose(const disposition_input& in, std::mt19937_64& random);

} // namespace carillon
