#include "actors/provider.hpp"

#include <atomic>
#include <caf/all.hpp>
#include <cmath>

#include "actors/messaging.hpp"
#include "actors/policy/follow_up.hpp"
#include "actors/trail.hpp"

namespace carillon {
namespace {

/// Epochs ascend over all incarnations, so that a dead one's slots are void.
std::uint64_t next_epoch() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

constexpr std::chrono::seconds answer_time{10};

/// An endpoint fails by the same measure as a provider would, and is probed no later.
endpoint_rules rules_for(const provider_config& config) {
  auto own = config.options.max_per_endpoint;
  auto share = own > 0 ? std::min(own, config.slots) : std::max<std::size_t>(1, config.slots / 8);
  return {.slots = config.slots,
          .share = share,
          .failures = config.options.breaker.consecutive,
          .longest_pause = config.options.breaker.open_for,
          .remembered = config.idle_endpoints};
}

} // namespace

// ------------------------------------------------------------------ credit

/// How many more calls may start, beyond those on their way already.
std::size_t provider_state::usable() {
  auto now = context->steady();
  if (draining || in_doubt || epoch == 0 || context->even_time() < paused_until)
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
  passed_over = false;
  cross(peers->dispatcher, credit_atom_v, config.options.name, epoch, n);
}

limit_options provider_state::rate_limit() const {
  limit_options limit{.rate = config.options.rate, .per = std::chrono::seconds{1}};
  limit.burst = std::max(1.0, std::floor(config.options.rate / 10));
  return limit;
}

/// Credit that lies unused must not add up to a burst: no more than a tenth of a
/// second's calls are out at once.
std::size_t provider_state::within_rate(std::size_t n) {
  auto limit = rate_limit();
  auto most = static_cast<std::size_t>(limit.burst);
  n = std::min(n, most > granted ? most - granted : 0);
  auto now = context->even_time();
  std::size_t paid = 0;
  while (paid < n && rate.take(limit, now))
    ++paid;
  if (paid < n)
    wake_at(rate.next(limit, now));
  return paid;
}

/// How long a pause may be before others take over its work.
duration provider_state::patience() const {
  auto on = serves().value_or(channel::email);
  auto found = context->config.channels.find(on);
  auto settings = context->settings();
  return with_settings(found == context->config.channels.end() ? retry_options{} : found->second.retry, settings.get(),
                       on)
    .max_backoff;
}

/// Nothing where it takes every channel.
std::optional<channel> provider_state::serves() const {
  return config.options.channel ? config.options.channel : how->channel;
}

pausing provider_state::pause_now() const {
  auto left = paused_until - context->even_time();
  if (left <= duration::zero())
    return pausing::no;
  return left > patience() ? pausing::long_enough_for_others : pausing::shortly;
}

/// Voids all credit that is out. Nothing is granted before whatever was started with
/// it has arrived: else there could be more starts in the store than slots.
void provider_state::new_epoch() {
  epoch = next_epoch();
  granted = 0;
  in_doubt = true;
  void_credit();
}

/// Work waits for a provider that will be back soon; an open breaker or a long pause
/// blocks it, so that others may take its work.
void provider_state::void_credit() {
  if (!peers)
    return;
  auto voided = [this, which = epoch](bool) {
    context->store.barrier([to = self, which](const status_result& reached) {
      cross(to, ready_atom_v, reached ? which : std::uint64_t{0});
    });
  };
  auto failed = [this](const caf::error&) { cross(self, ready_atom_v, std::uint64_t{0}); };
  auto open = gate->state(context->steady()) == breaker_state::open;
  auto& whose = config.options.name;
  passed_over = open || pause_now() == pausing::long_enough_for_others;
  if (passed_over)
    self_ptr->request(peers->dispatcher, answer_time, credit_atom_v, whose, epoch, std::size_t{0}).then(voided, failed);
  else
    self_ptr->request(peers->dispatcher, answer_time, pause_atom_v, whose, epoch).then(voided, failed);
}

void provider_state::credit_voided(std::uint64_t which) {
  if (!in_doubt)
    return;
  if (which == 0)
    return wake_at(context->even_time() + config.recovery_pause);
  if (which != epoch)
    return;
  in_doubt = false;
  issue();
}

void provider_state::wake_when_unblocked() {
  auto now = context->even_time();
  if (paused_until > now)
    wake_at(paused_until);
  auto steady = context->steady();
  if (gate->state(steady) == breaker_state::open && gate->ordered() == breaker_order::automatic)
    wake_at(now + std::chrono::ceil<duration>(gate->reopens_at() - steady));
}

void provider_state::wake_at(sys_time when) {
  auto wait = std::max(when - context->even_time(), duration{std::chrono::milliseconds{1}});
  if (timer.set(context->steady() + wait))
    self_ptr->delayed_send(self_ptr, wait, beat_atom_v);
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
  self_ptr->request(peers->dispatcher, answer_time, pause_atom_v, config.options.name, next_epoch())
    .then(
      [this](bool) {
        context->store.barrier(
          [context = context, to = self, name = config.options.name](const status_result& reached) {
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
    wake_at(context->even_time() + config.recovery_pause);
    return;
  }
  for (auto& row : *leftovers) {
    auto r = interrupted(std::move(row), how->carries_key, context->clock.now());
    calls[r->d.key] = {r->n, r->d, context->steady(), {}, r};
    log_attempt_end(context->watch, r->n, r->d);
    pass(peers->status_sink, is_urgent(r->d.priority), report_atom_v, r);
  }
  new_epoch();
  in_doubt = false; // recovery has waited for the store already
  issue();
}

void provider_state::look_again() {
  if (epoch == 0)
    return recover();
  if (in_doubt)
    void_credit();
  issue();
}

void provider_state::order(breaker_order what) {
  auto now = context->steady();
  gate->order(what, now);
  show_breaker();
  if (epoch == 0)
    return;
  new_epoch();
  issue();
}

void provider_state::show_breaker() {
  auto now = gate->state(context->steady());
  if (std::exchange(shown, now) != now)
    context->watch.breaker(context->lane, config.options.name, now);
}

provider_view provider_state::look() {
  auto now = context->steady();
  show_breaker();
  provider_view view{config.options.name, config.options.protocol, serves(),     gate->state(now),
                     gate->ordered(),     gate->failure_rate(now), calls.size(), config.slots,
                     gate->times_opened()};
  auto wall = context->clock.now();
  auto even = context->even_time();
  if (view.breaker == breaker_state::open && view.forced == breaker_order::automatic)
    view.reopens_at = wall + std::chrono::ceil<duration>(gate->reopens_at() - now);
  if (paused_until > even)
    view.paused_until = wall + (paused_until - even);
  if (auto until = rate_until())
    view.rate_until = wall + (*until - even);
  view.starting = epoch == 0 || in_doubt;
  view.draining = draining;
  view.passed_over = passed_over;
  return view;
}

/// In even time; nothing while it may call: credit that is out has paid already.
std::optional<sys_time> provider_state::rate_until() const {
  if (config.options.rate <= 0 || granted > 0)
    return std::nullopt;
  auto now = context->even_time();
  auto next = rate.next(rate_limit(), now);
  return next > now ? std::optional{next} : std::nullopt;
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
  state.endpoints = std::make_unique<endpoint_share>(rules_for(config));
  state.config = std::move(config);
  state.self_ptr = self;
  state.self = caf::actor_cast<provider_actor>(self);
  return {
    [self](send_atom, const work_ptr& what) { self->state.send(what); },
    [self](answer_atom, row_key key, const wire_answer& answer) { self->state.answered(key, answer); },
    [self](settle_atom, row_key key) { self->state.settled(key); },
    [self](answer_atom, const pulled_ptr& leftovers) { self->state.end_leftovers(leftovers); },
    [self](ready_atom, std::uint64_t epoch) { self->state.credit_voided(epoch); },
    [self](order_atom, breaker_order what) { self->state.order(what); },
    [self](look_atom) {
      report_mailbox(self, *self->state.context, "provider." + self->state.config.options.name);
      return self->state.look();
    },
    [self](beat_atom) {
      if (self->state.timer.rings(self->state.context->steady()))
        self->state.look_again();
    },
    [self](drain_atom) { self->state.draining = true; },
    [self](peers_atom, const peers_ptr& peers) { self->state.meet(peers); },
  };
}

} // namespace carillon
