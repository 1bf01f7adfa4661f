#include "actors/ingest.hpp"

#include <caf/all.hpp>

#include "actors/messaging.hpp"
#include "actors/policy/choice.hpp"
#include "actors/refusal.hpp"

namespace carillon {
namespace {

/// When it stops being useful: the sender's word, else the type's, else the category's.
std::optional<sys_time> expiry_of(const command& what, const resolved_type& type, sys_time now) {
  if (what.expires_at)
    return what.expires_at;
  auto from = std::max(what.send_at.value_or(now), now);
  if (type.type.expires_after)
    return from + *type.type.expires_after;
  if (type.category.expires_after)
    return from + *type.category.expires_after;
  return std::nullopt;
}

} // namespace

std::optional<fault> ingest_state::refuse(intake& what) {
  if (draining)
    return fault{errc::shutting_down,
                 "The engine is shutting down; send the request again in a moment.",
                 {},
                 std::chrono::seconds{5}};
  if (!peers)
    return fault{errc::overloaded, "The lane is starting.", {}, std::chrono::seconds{1}};
  if (what.explain)
    return std::nullopt;
  if (config.per_tenant_rate > 0) {
    limit_options limit{.rate = config.per_tenant_rate, .per = std::chrono::seconds{1}};
    auto now = context->clock.now();
    auto& bucket = tenants->at(what.space.tenant);
    if (!bucket.take(limit, now))
      return fault{errc::rate_limited,
                   "This tenant may send " + std::to_string(static_cast<long>(config.per_tenant_rate))
                     + " notifications per second over the " + std::string{to_string(context->lane)} + " lane.",
                   {},
                   bucket.next(limit, now) - now,
                   limit.rate};
  }
  if (what.claim) {
    what.reservation = context->keys.reserve(what.space, what.claim->key);
    if (!what.reservation)
      return fault{errc::key_in_flight,
                   "Wait for the first request's answer, then send this one again.",
                   {},
                   std::chrono::seconds{1}};
  }
  return std::nullopt;
}

std::optional<fault> ingest_state::describe(intake& what) const {
  auto& command = what.command;
  auto type = resolve_type(context->config, command.type, command.category, command.priority);
  if (!type)
    return type.error();
  auto now = context->clock.now();
  auto n = std::make_shared<notification>();
  n->key = context->ids.reserve(now, 1 + bounds::deliveries);
  n->id = context->ids.make(n->key);
  n->space = what.space;
  n->lane = context->lane;
  n->priority = type->priority;
  n->user_id = command.user_id;
  n->type = command.type;
  n->category = type->category_name;
  n->created_at = now;
  n->send_at = command.send_at;
  n->expires_at = expiry_of(command, *type, now);
  n->content = command.content;
  n->locale = command.locale;
  n->to = command.to;
  n->metadata = command.metadata;
  n->correlation_id = what.correlation_id;
  what.n = std::move(n);
  return std::nullopt;
}

void ingest_state::submit(const intake_ptr& what) {
  if (auto error = refuse(*what))
    return what->refuse(std::move(*error));
  if (what->outdated)
    return refuse_unless_repeated(*context, what, std::move(*what->outdated));
  if (auto error = describe(*what))
    return what->refuse(std::move(*error));
  pass(peers->preference_for(what->n->user_id), is_urgent(what->n->priority), decide_atom_v, what);
}

ingest_actor::behavior_type ingest(ingest_actor::stateful_pointer<ingest_state> self, context_ptr context,
                                   ingest_config config) {
  self->state.context = std::move(context);
  self->state.config = config;
  self->state.tenants = std::make_unique<bucket_table>(config.tenants);
  return {
    [self](submit_atom, const intake_ptr& what) { self->state.submit(what); },
    [self](drain_atom) { self->state.draining = true; },
    [self](look_atom) { report_mailbox(self, *self->state.context, self->state.name); },
    [self](peers_atom, const peers_ptr& peers) { self->state.peers = peers; },
  };
}

} // namespace carillon
