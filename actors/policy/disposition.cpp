#include "actors/policy/disposition.hpp"

#include <algorithm>

#include "actors/policy/sentence.hpp"

namespace carillon {
namespace {

const attempt& last_of(const disposition_input& in) {
  return in.d.attempts.back();
}

/// Attempts that count: those since the last redrive.
int attempts_made(const disposition_input& in) {
  return static_cast<int>(in.d.attempts.size()) - in.d.attempts_before;
}

bool used_up(const disposition_input& in) {
  return attempts_made(in) >= attempts_allowed(in.retry);
}

/// What a provider did, where there is no answer to quote.
std::string in_words(outcome what, const std::string& provider) {
  switch (what) {
  case outcome::accepted: return provider + " took it";
  case outcome::retry: return provider + " could not take it";
  case outcome::throttled: return provider + " asked for less";
  case outcome::bad_address: return provider + " cannot reach this address";
  case outcome::bad_message: return provider + " cannot send this message";
  case outcome::bad_credentials: return provider + " refused our account";
  case outcome::ambiguous: break;
  }
  return provider + " gave no answer after the message went out";
}

/// Vendors' codes are numbers or begin with a capital as a rule; what begins with
/// a small letter is a word, mostly our own (not_sent, no_answer), and no sentence.
bool reads_as_answer(const disposition_input& in) {
  auto& code = last_of(in).code;
  return in.what != outcome::ambiguous && !code.empty() && (code[0] < 'a' || code[0] > 'z');
}

std::string answered(const disposition_input& in) {
  auto& last = last_of(in);
  if (reads_as_answer(in))
    return last.provider + " answered " + last.code;
  return in_words(in.what, last.provider) + (last.code.empty() ? "" : " (" + last.code + ')');
}

std::string count_of(const disposition_input& in) {
  return "attempt " + std::to_string(attempts_made(in)) + " of " + std::to_string(attempts_allowed(in.retry));
}

std::string rule_of(outcome what) {
  return "outcome." + std::string{to_string(what)};
}

disposition end_with(const disposition_input& in, delivery_status status, std::string rule, const std::string& rest) {
  disposition out;
  out.status = status;
  out.why = {std::move(rule), answered(in) + rest};
  return out;
}

// ---------------------------------------------------------------- the next provider

/// The provider after the last one, or null. One that is no longer on the route
/// is followed by the route's first.
const std::string* next_on_route(const disposition_input& in) {
  auto at = std::find(in.route.begin(), in.route.end(), last_of(in).provider);
  auto next = at == in.route.end() ? in.route.begin() : at + 1;
  return next == in.route.end() ? nullptr : &*next;
}

/// The last provider again, as long as the route still has it.
const std::string& same_provider(const disposition_input& in) {
  auto& last = last_of(in).provider;
  auto known = std::find(in.route.begin(), in.route.end(), last) != in.route.end();
  return known || in.route.empty() ? last : in.route.front();
}

// ---------------------------------------------------------------- going on

struct next_try {
  std::string queue;
  duration wait{}; ///< zero: at once
  std::string rule;
  int provider_failures = 0;
};

disposition goes_on(const disposition_input& in, next_try next) {
  auto due = in.now + next.wait;
  if (in.d.expires_at && due >= *in.d.expires_at)
    return end_with(in, delivery_status::expired, "expired",
                    "; the next try would not start before it expires at " + instant_text(*in.d.expires_at));
  auto elsewhere = next.queue == last_of(in).provider ? "" : " through " + next.queue;
  auto when = next.wait > duration::zero() ? " in " + wait_text(next.wait) : std::string{" at once"};
  auto out =
    end_with(in, delivery_status::queued, std::move(next.rule), "; " + count_of(in) + "; next try" + elsewhere + when);
  out.queue = std::move(next.queue);
  out.provider_failures = next.provider_failures;
  if (next.wait > duration::zero())
    out.due = due;
  return out;
}

disposition gives_up(const disposition_input& in) {
  return end_with(in, delivery_status::dead_lettered, "retry.used_up",
                  "; " + count_of(in) + " was the last one; it can be redriven from the dead letters");
}

disposition moves_on(const disposition_input& in, const std::string& next, duration wait) {
  return goes_on(in, {next, wait, "fallback", 0});
}

duration wait_of(const disposition_input& in, std::optional<duration> retry_after, std::mt19937_64& random) {
  return backoff(in.retry, attempts_made(in), retry_after, random);
}

// ---------------------------------------------------------------- outcome by outcome

disposition after_accepted(const disposition_input& in) {
  if (in.confirms)
    return end_with(in, delivery_status::delivered, rule_of(in.what), "; it is delivered");
  return end_with(in, delivery_status::sent, rule_of(in.what), "; it is sent");
}

disposition after_retry(const disposition_input& in, std::mt19937_64& random) {
  if (used_up(in))
    return gives_up(in);
  auto failures = in.d.provider_failures + 1;
  if (auto next = next_on_route(in); next != nullptr && failures >= in.fallback_after)
    return moves_on(in, *next, wait_of(in, std::nullopt, random)); // its Retry-After is not the next one's
  return goes_on(in, {same_provider(in), wait_of(in, in.retry_after, random), rule_of(in.what), failures});
}

disposition after_throttled(const disposition_input& in, std::mt19937_64& random) {
  if (used_up(in))
    return gives_up(in);
  auto past_patience = in.retry_after.value_or(duration::zero()) > in.retry.max_backoff;
  if (auto next = next_on_route(in); next != nullptr && past_patience)
    return moves_on(in, *next, duration::zero());
  // Not a failure of the provider: the count towards the next one stays.
  return goes_on(in,
                 {same_provider(in), wait_of(in, in.retry_after, random), rule_of(in.what), in.d.provider_failures});
}

disposition after_bad_address(const disposition_input& in) {
  auto out = end_with(in, delivery_status::failed, rule_of(in.what), "; the address is put on the suppression list");
  out.suppress_address = true;
  return out;
}

disposition after_bad_message(const disposition_input& in) {
  if (auto next = next_on_route(in); next != nullptr && !used_up(in))
    return moves_on(in, *next, duration::zero());
  return end_with(in, delivery_status::failed, rule_of(in.what), "; no other provider is left to try this message");
}

disposition after_bad_credentials(const disposition_input& in) {
  if (auto next = next_on_route(in); next != nullptr && !used_up(in))
    return moves_on(in, *next, duration::zero());
  return end_with(in, delivery_status::dead_lettered, rule_of(in.what),
                  "; once the account is repaired it can be redriven from the dead letters");
}

disposition after_ambiguous(const disposition_input& in, std::mt19937_64& random) {
  if (in.on_ambiguous == ambiguity_policy::hold && !in.key_carried)
    return end_with(in, delivery_status::held, "ambiguous.hold",
                    "; it may have been taken, so it waits for a receipt, a person or its expiry");
  if (used_up(in))
    return gives_up(in);
  return goes_on(
    in, {same_provider(in), wait_of(in, in.retry_after, random), rule_of(in.what), in.d.provider_failures + 1});
}

} // namespace

disposition dispose(const disposition_input& in, std::mt19937_64& random) {
  switch (in.what) {
  case outcome::accepted: return after_accepted(in);
  case outcome::retry: return after_retry(in, random);
  case outcome::throttled: return after_throttled(in, random);
  case outcome::bad_address: return after_bad_address(in);
  case outcome::bad_message: return after_bad_message(in);
  case outcome::bad_credentials: return after_bad_credentials(in);
  case outcome::ambiguous: break;
  }
  return after_ambiguous(in, random);
}

} // namespace carillon
