// The provider's calls: from work whose start is durable to an outcome that is.
#include <caf/all.hpp>

#include "actors/messaging.hpp"
#include "actors/policy/follow_up.hpp"
#include "actors/provider.hpp"
#include "actors/trail.hpp"

namespace carillon {
namespace {

constexpr bool confirms_when_taken(channel c) {
  return c == channel::webhook || c == channel::in_app;
}

category_options category_of(const options& config, const std::string& name) {
  auto found = config.categories.find(name);
  return found == config.categories.end() ? category_options{} : found->second;
}

/// What a call says of its endpoint: one that answers is there, whatever it says of the message.
endpoint_share::ending ending_of(const wire_answer& answer) {
  using failure = wire_answer::failure;
  if (answer.why == failure::refused_address) // by our own guard
    return endpoint_share::ending::ignored;
  auto failed = answer.why != failure::none || answer.status >= 500;
  return failed ? endpoint_share::ending::failed : endpoint_share::ending::answered;
}

decision hand_back_reason(std::string_view rule, std::string what) {
  return {std::string{rule}, std::move(what) + "; it goes back to its queue and this does not count."};
}

decision reason_of(endpoint_share::obstacle why) {
  switch (why) {
  case endpoint_share::obstacle::busy:
    return hand_back_reason("endpoint.busy", "Its endpoint has as many calls as it may have at once");
  case endpoint_share::obstacle::paused: return hand_back_reason("endpoint.paused", "Its endpoint asked for a pause");
  case endpoint_share::obstacle::failing: break;
  }
  return hand_back_reason(endpoint_failing, "Its endpoint fails call after call and is left alone for a while");
}

} // namespace

// ------------------------------------------------------------------ start

/// The endpoint is the person's own, not a vendor's that serves everybody.
bool provider_state::is_of_person(const delivery& d) const {
  return how->by == carrier::wire && d.channel == channel::webhook;
}

void provider_state::hand_back(const delivery_work& w, decision why, std::optional<sys_time> not_before) {
  auto r = std::make_shared<report>();
  r->n = w.n;
  r->d = w.d;
  r->attempted = false;
  log_of(context->watch, log_level::debug, "attempt.not_made", w.n, w.d, [&] {
    return log_fields{{"provider", config.options.name}, {"rule", why.rule}};
  });
  r->not_attempted = std::move(why);
  r->not_before = not_before;
  calls[w.d.key] = {w.n, w.d, context->steady(), {}, r};
  pass(peers->status_sink, is_urgent(w.d.priority), report_atom_v, report_ptr{r});
}

/// A pause may be of one address of an endpoint; slots and failures concern all of it.
std::optional<endpoint_share::refusal> provider_state::refuse(const delivery& d, const std::string& endpoint) {
  auto now = context->steady();
  auto refused = endpoints->refuse(d.address, now);
  return refused ? refused : endpoints->refuse(endpoint, now);
}

void provider_state::send(const work_ptr& what) {
  if (what->slot.epoch() != epoch || epoch == 0 || draining)
    return hand_back(*what, hand_back_reason(provider_paused, "The provider could not take it"), std::nullopt);
  --granted;
  what->slot.spend();
  auto now = context->steady();
  auto endpoint = is_of_person(what->d) ? endpoint_of(what->d.address) : std::string{};
  if (auto refused = endpoint.empty() ? std::nullopt : refuse(what->d, endpoint)) {
    if (config.options.rate > 0)
      rate.refund(rate_limit());
    return hand_back(*what, reason_of(refused->why),
                     context->clock.now() + std::chrono::ceil<duration>(refused->turn - now));
  }
  gate->begin(now);
  auto& c = calls[what->d.key] = {what->n, std::move(what->d), now, std::move(endpoint), nullptr};
  context->watch.sent_after(context->lane, c.d.channel, context->clock.now() - c.n->created_at);
  if (config.options.rate > 0) // only now: the call has to be among those that hold a slot
    issue();
  log_of(context->watch, log_level::debug, "attempt.started", c.n, c.d, [&] {
    return log_fields{{"provider", config.options.name}, {"attempt", std::to_string(c.d.attempts.size())}};
  });
  make_call(c);
}

// ------------------------------------------------------------------ carriers

void provider_state::make_call(call& c) {
  if (how->by == carrier::inbox)
    return put_in_inbox(c);
  if (how->by == carrier::sandbox)
    return act_in_sandbox(c);
  call_context input{*c.n,
                     c.d,
                     config.options,
                     category_of(context->config, c.n->category),
                     context->config.server.public_url,
                     context->clock.now(),
                     context->link_key};
  auto request = how->make(input);
  if (!request)
    return finish(c, meaning_of_fault(request.error()));
  if (!c.endpoint.empty())
    endpoints->begin(c.endpoint, c.began);
  request->timeout = config.options.timeout;
  request->connections = config.options.connections;
  context->vendors.call(std::move(*request), [to = self, key = c.d.key](wire_answer answer) {
    cross(to, answer_atom_v, key, std::move(answer));
  });
}

void provider_state::put_in_inbox(const call& c) {
  auto what = render_for(c.n->content, channel::in_app);
  inbox_item item{c.d.id,     c.n->id,   c.d.space, c.d.user_id, c.n->type,
                  what.title, what.body, what.data, "unseen",    context->clock.now()};
  context->inbox.add(std::move(item), [to = self, key = c.d.key](status_result answer) {
    wire_answer wire;
    wire.status = 200;
    if (!answer) { // nothing of a failed write is kept: safe to try again
      wire.status = 0;
      wire.why = wire_answer::failure::not_sent;
      wire.detail = answer.error().detail;
    }
    cross(to, answer_atom_v, key, std::move(wire));
  });
}

void provider_state::act_in_sandbox(const call& c) {
  auto what = act(config.options.sandbox, random);
  if (what.captured)
    context->sandbox.add({c.d.id, c.n->id, c.d.space, c.d.channel, c.d.address, render_for(c.n->content, c.d.channel),
                          context->clock.now(), c.d.user_id});
  auto answer = what.answer;
  auto wait = what.takes;
  if (!answer) { // it hangs: the call ends by its timeout
    answer.emplace();
    answer->why = wire_answer::failure::no_answer;
    answer->detail = "no answer within the timeout";
    wait = config.options.timeout;
  }
  if (wait == duration::zero())
    cross(self, answer_atom_v, c.d.key, std::move(*answer));
  else
    self_ptr->delayed_send(self_ptr, wait, answer_atom_v, c.d.key, std::move(*answer));
}

// ------------------------------------------------------------------ answer

void provider_state::answered(row_key key, const wire_answer& answer) {
  auto found = calls.find(key);
  if (found == calls.end() || found->second.outcome)
    return;
  auto& c = found->second;
  if (!c.endpoint.empty())
    endpoints->end(c.endpoint, ending_of(answer), c.began, context->steady());
  auto failure = meaning_of_failure(answer);
  finish(c, failure ? *failure : how->read(answer, context->clock.now()));
}

/// What the answer says about the provider, beyond this delivery.
void provider_state::note(const call& c, const answer_meaning& meaning) {
  auto now = context->steady();
  auto before = gate->times_opened();
  auto past_patience = meaning.retry_after && *meaning.retry_after > patience();
  auto counted = call_result_of(meaning.outcome, past_patience);
  if (is_of_person(c.d) && counted == call_result::failure)
    counted = call_result::ignored; // one person's broken endpoint is no reason to stop everybody's
  gate->end(now, counted, now - c.began);
  if (meaning.outcome == outcome::bad_credentials) {
    gate->trip(now);
    context->watch.log(log_level::error, "provider.credentials_refused",
                       {{"provider", config.options.name}, {"code", meaning.code}, {"detail", meaning.detail}});
  }
  auto blocked_before = pause_now();
  if (meaning.outcome == outcome::throttled && meaning.retry_after) {
    if (is_of_person(c.d))
      endpoints->pause(c.d.address, now + *meaning.retry_after, now);
    else
      paused_until = std::max(paused_until, context->even_time() + *meaning.retry_after);
  }
  if (gate->times_opened() != before) {
    context->watch.log(log_level::warning, "breaker.opened",
                       {{"provider", config.options.name}, {"lane", std::string{to_string(context->lane)}}});
    new_epoch();
  } else if (pause_now() > blocked_before) {
    new_epoch();
  }
  show_breaker();
  wake_when_unblocked();
}

void provider_state::finish(call& c, const answer_meaning& meaning) {
  auto& a = c.d.attempts.back();
  a.finished_at = context->clock.now();
  a.outcome = meaning.outcome;
  a.code = meaning.code;
  a.detail = meaning.detail;
  a.provider_message_id = meaning.provider_message_id;
  context->watch.attempted(context->lane, config.options.name, meaning.outcome,
                           std::chrono::duration_cast<duration>(context->steady() - c.began));
  log_attempt_end(context->watch, c.n, c.d);
  note(c, meaning);
  auto r = std::make_shared<report>();
  r->n = c.n;
  r->d = c.d;
  r->retry_after = meaning.retry_after;
  // The sandbox shows what live would: some channels are delivered once they are taken.
  r->confirms = how->confirms || (how->by == carrier::sandbox && confirms_when_taken(c.d.channel));
  r->key_carried = how->carries_key;
  c.outcome = r;
  pass(peers->status_sink, is_urgent(c.d.priority), report_atom_v, report_ptr{r});
}

void provider_state::settled(row_key key) {
  auto found = calls.find(key);
  if (found == calls.end() || !found->second.outcome)
    return; // of an outcome that was sent twice; the next call may be on the wire
  calls.erase(found);
  issue();
}

} // namespace carillon
