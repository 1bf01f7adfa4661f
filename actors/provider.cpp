#include "actors/provider.hpp"

#include <atomic>
#include <caf/all.hpp>
#include <cmath>

#include "actors/messaging.hpp"
#include "actors/policy/follow_up.hpp"

namespace carillon {
namespace {

/// Epochs ascend over all incarnations, so that a dead one's slots are void.
std::uint64_t next_epoch() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

constexpr bool confirms_when_taken(channel c) {
  return c == channel::webhook || c == channel::in_app;
}

category_options category_of(const options& config, const std::string& name) {
  auto found = config.categories.find(name);
  return found == config.categories.end() ? category_options{} : found->second;
}

} // namespace

// ------------------------------------------------------------------ credit

/// How many more calls may start, beyond those on their way already.
std::size_t provider_state::usable() {
  auto now = context->steady();
  if (draining || epoch == 0 || context->clock.now() < paused_until)
    return 0;
  auto taken = calls.size() + granted;
  auto free = config.slots > taken ? config.slots - taken : 0;
  auto allowed = gate->allowed(now, free);
  if (gate->state(now) == breaker_state::half_open)
    allowed = allowed > granted ? allowed - granted : 0;
  return std::min(allowed, free);
}

void provider_state::issue() {
  if (!peers)
    return;
  auto n = usable();
  if (n == 0)
    wake_when_unblocked();
  if (config.options.rate > 0)
    n = within_rate(n);
  if (n == 0)
    return;
  granted += n;
  cross(peers->dispatcher, credit_atom_v, config.options.name, epoch, n);
}

/// Credit that lies unused must not add up to a burst: no more than a tenth of a
/// second's calls are out at once.
std::size_t provider_state::within_rate(std::size_t n) {
  limit_options limit{.rate = config.options.rate, .per = std::chrono::seconds{1}};
  limit.burst = std::max(1.0, std::floor(config.options.rate / 10));
  auto most = static_cast<std::size_t>(limit.burst);
  n = std::min(n, most > granted ? most - granted : 0);
  auto now = context->clock.now();
  std::size_t paid = 0;
  while (paid < n && rate.take(limit, now))
    ++paid;
  if (paid < n)
    wake_at(rate.next(limit, now));
  return paid;
}

/// How long a pause may be before others take over its work.
duration provider_state::patience() const {
  auto found = context->config.channels.find(config.options.channel.value_or(channel::email));
  return found == context->config.channels.end() ? retry_options{}.max_backoff : found->second.retry.max_backoff;
}

/// Voids all credit that is out. Nothing is granted until `issue`. Work waits for a
/// provider that will be back soon; an open breaker or a long pause blocks it.
void provider_state::new_epoch() {
  epoch = next_epoch();
  granted = 0;
  if (!peers)
    return;
  auto open = gate->state(context->steady()) == breaker_state::open;
  if (open || paused_until > context->clock.now() + patience())
    cross(peers->dispatcher, credit_atom_v, config.options.name, epoch, std::size_t{0});
  else
    cross(peers->dispatcher, pause_atom_v, config.options.name, epoch);
}

void provider_state::wake_when_unblocked() {
  auto now = context->clock.now();
  if (paused_until > now)
    wake_at(paused_until);
  auto steady = context->steady();
  if (gate->state(steady) == breaker_state::open && gate->ordered() == breaker_order::automatic)
    wake_at(now + std::chrono::ceil<duration>(gate->reopens_at() - steady));
}

void provider_state::wake_at(sys_time when) {
  auto now = context->clock.now();
  if (next_beat > now && next_beat <= when)
    return;
  next_beat = when;
  auto wait = std::max(when - now, duration{std::chrono::milliseconds{1}});
  self_ptr->delayed_send(self_ptr, wait, beat_atom_v);
}

// ------------------------------------------------------------------ calls

void provider_state::hand_back(const delivery_work& w, std::optional<sys_time> not_before) {
  auto r = std::make_shared<report>();
  r->n = w.n;
  r->d = w.d;
  r->attempted = false;
  r->not_before = not_before;
  calls[w.d.key] = {w.n, w.d, context->steady(), r};
  pass(peers->status_sink, is_urgent(w.d.priority), report_atom_v, report_ptr{r});
}

void provider_state::send(const work_ptr& what) {
  if (what->slot.epoch() != epoch || epoch == 0 || draining)
    return hand_back(*what, std::nullopt);
  --granted;
  what->slot.spend();
  if (config.options.rate > 0)
    issue();
  if (auto found = paused.find(what->d.address); found != paused.end()) {
    if (found->second > context->clock.now())
      return hand_back(*what, found->second);
    paused.erase(found);
  }
  auto now = context->steady();
  gate->begin(now);
  auto& c = calls[what->d.key] = {what->n, std::move(what->d), now, nullptr};
  context->watch.sent_after(context->lane, c.d.channel, context->clock.now() - c.n->created_at);
  make_call(c);
}

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
  request->timeout = config.options.timeout;
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

void provider_state::answered(row_key key, const wire_answer& answer) {
  auto found = calls.find(key);
  if (found == calls.end() || found->second.outcome)
    return;
  auto now = context->clock.now();
  auto failure = meaning_of_failure(answer);
  finish(found->second, failure ? *failure : how->read(answer, now));
}

/// The endpoint is the person's own, not a vendor's that serves everybody.
bool provider_state::is_of_person(const call& c) const {
  return how->by == carrier::wire && c.d.channel == channel::webhook;
}

/// What the answer says about the provider, beyond this delivery.
void provider_state::note(const call& c, const answer_meaning& meaning) {
  auto now = context->steady();
  auto before = gate->times_opened();
  auto past_patience = meaning.retry_after && *meaning.retry_after > patience();
  auto counted = call_result_of(meaning.outcome, past_patience);
  if (is_of_person(c) && counted == call_result::failure)
    counted = call_result::ignored; // one person's broken endpoint is no reason to stop everybody's
  gate->end(now, counted, now - c.began);
  if (meaning.outcome == outcome::bad_credentials) {
    gate->trip(now);
    context->watch.log(log_level::error, "provider.credentials_refused",
                       {{"provider", config.options.name}, {"code", meaning.code}, {"detail", meaning.detail}});
  }
  auto paused_before = paused_until > context->clock.now();
  if (meaning.outcome == outcome::throttled && meaning.retry_after) {
    auto until = context->clock.now() + *meaning.retry_after;
    if (!is_of_person(c))
      paused_until = std::max(paused_until, until);
    else if (paused.size() < config.paused_endpoints)
      paused[c.d.address] = until;
  }
  if (gate->times_opened() != before) {
    context->watch.log(log_level::warning, "breaker.opened",
                       {{"provider", config.options.name}, {"lane", std::string{to_string(context->lane)}}});
    new_epoch();
  } else if (!paused_before && paused_until > context->clock.now()) {
    new_epoch();
  }
  context->watch.breaker(context->lane, config.options.name, gate->state(now));
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

// ------------------------------------------------------------------ supervision

void provider_state::meet(const peers_ptr& now) {
  auto before = std::exchange(peers, now);
  if (epoch == 0)
    return recover();
  if (before && before->dispatcher != now->dispatcher) {
    new_epoch(); // credit at the old one is gone with it
    issue();
  }
  // An outcome may have been lost with whoever had it in its mailbox.
  if (before && (before->status_sink != now->status_sink || before->retry_timer != now->retry_timer))
    for (auto& [key, c] : calls)
      if (c.outcome)
        pass(now->status_sink, is_urgent(c.d.priority), report_atom_v, c.outcome);
}

/// Calls that an earlier incarnation recorded as started may have been taken. Void
/// its credit first, let what was on its way into the store arrive, then read.
void provider_state::recover() {
  if (std::exchange(recovering, true))
    return;
  auto failed = [this](const caf::error&) { cross(self, answer_atom_v, pulled_ptr{}); };
  self_ptr->request(peers->dispatcher, std::chrono::seconds{10}, pause_atom_v, config.options.name, next_epoch())
    .then(
      [this](bool) {
        context->store.barrier([context = context, to = self, name = config.options.name](status_result reached) {
          if (!reached)
            return cross(to, answer_atom_v, pulled_ptr{});
          context->store.in_flight(name, 0, 100'000, [to](result<std::vector<pulled>> rows) {
            cross(to, answer_atom_v, rows ? std::make_shared<std::vector<pulled>>(std::move(*rows)) : nullptr);
          });
        });
      },
      failed);
}

void provider_state::end_leftovers(const pulled_ptr& leftovers) {
  recovering = false;
  if (!leftovers) {
    self_ptr->delayed_send(self_ptr, config.recovery_pause, beat_atom_v);
    return;
  }
  for (auto& row : *leftovers) {
    auto r = interrupted(std::move(row), how->carries_key, context->clock.now());
    calls[r->d.key] = {r->n, r->d, context->steady(), r};
    pass(peers->status_sink, is_urgent(r->d.priority), report_atom_v, r);
  }
  new_epoch();
  issue();
}

void provider_state::order(breaker_order what) {
  auto now = context->steady();
  gate->order(what, now);
  context->watch.breaker(context->lane, config.options.name, gate->state(now));
  if (epoch == 0)
    return;
  new_epoch();
  issue();
}

provider_view provider_state::look() {
  auto now = context->steady();
  auto serves = config.options.channel ? config.options.channel : how->channel;
  return {config.options.name, config.options.protocol, serves,       gate->state(now),
          gate->ordered(),     gate->failure_rate(now), calls.size(), config.slots,
          gate->times_opened()};
}

provider_actor::behavior_type provider(provider_actor::stateful_pointer<provider_state> self, context_ptr context,
                                       provider_config config) {
  auto& state = self->state;
  state.context = std::move(context);
  state.how = find_protocol(config.options.protocol);
  state.gate = std::make_unique<breaker>(config.options.breaker);
  if (auto standing = state.context->standing_order(config.options.name); standing != breaker_order::automatic)
    state.gate->order(standing, state.context->steady());
  state.random.seed(config.options.sandbox.seed + static_cast<std::uint64_t>(state.context->lane));
  state.config = std::move(config);
  state.self_ptr = self;
  state.self = caf::actor_cast<provider_actor>(self);
  return {
    [self](send_atom, const work_ptr& what) { self->state.send(what); },
    [self](answer_atom, row_key key, const wire_answer& answer) { self->state.answered(key, answer); },
    [self](settle_atom, row_key key) { self->state.settled(key); },
    [self](answer_atom, const pulled_ptr& leftovers) { self->state.end_leftovers(leftovers); },
    [self](order_atom, breaker_order what) { self->state.order(what); },
    [self](look_atom) {
      report_mailbox(self, *self->state.context);
      return self->state.look();
    },
    [self](beat_atom) {
      self->state.next_beat = {};
      if (self->state.epoch == 0)
        self->state.recover();
      else
        self->state.issue();
    },
    [self](drain_atom) { self->state.draining = true; },
    [self](peers_atom, const peers_ptr& peers) { self->state.meet(peers); },
  };
}

} // namespace carillon
