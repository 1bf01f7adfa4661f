// The two ways a message leaves an actor here. Both are free `anon_send`: it
// enqueues without the sender's execution unit, so it never runs a foreign
// lane's actor on this lane's thread. `request` and `self->send` do, and are
// therefore used within a lane only.
#pragma once

#include <caf/message_priority.hpp>
#include <caf/send.hpp>
#include <string_view>
#include <utility>

namespace carillon {

/// Hands work to a peer of the same lane, or from a foreign thread; urgent work overtakes.
template <class Handle, class... Ts>
void pass(const Handle& to, bool urgent, Ts&&... parts) {
  if (urgent)
    caf::anon_send<caf::message_priority::high>(to, std::forward<Ts>(parts)...);
  else
    caf::anon_send(to, std::forward<Ts>(parts)...);
}

/// Crosses from one lane's actor system, or any thread outside, into another's.
template <class Handle, class... Ts>
void cross(const Handle& to, Ts&&... parts) {
  caf::anon_send(to, std::forward<Ts>(parts)...);
}

/// Tells the metrics how many messages wait for an actor, by the name its supervisor
/// knows it by; from its own handlers.
template <class Self, class Context>
void report_mailbox(Self* self, const Context& context, std::string_view name) {
  context.watch.mailbox(context.lane, name, self->mailbox().size());
}

} // namespace carillon
