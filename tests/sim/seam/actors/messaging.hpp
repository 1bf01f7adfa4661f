// Stands in for the engine's header of this name where the simulation compiles
// the actors: the same functions, with a tap that may lose, repeat or change what
// is sent. Without a tap it sends as the engine does.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/make_message.hpp>
#include <caf/message_priority.hpp>
#include <caf/send.hpp>
#include <string_view>
#include <utility>

#include "tests/sim/seam/tap.hpp"

namespace carillon {

template <caf::message_priority P, class Handle, class Atom, class... Ts>
void send_through_tap(const Handle& to, Atom what, Ts&&... parts) {
  auto* tap = sim::tap_in_force();
  if (tap == nullptr)
    return caf::anon_send<P>(to, what, std::forward<Ts>(parts)...);
  for (auto& letter : tap->see(what, caf::make_message(what, std::forward<Ts>(parts)...)))
    caf::anon_send<P>(caf::actor_cast<caf::actor>(to), std::move(letter));
}

template <class Handle, class... Ts>
void pass(const Handle& to, bool urgent, Ts&&... parts) {
  if (urgent)
    send_through_tap<caf::message_priority::high>(to, std::forward<Ts>(parts)...);
  else
    send_through_tap<caf::message_priority::normal>(to, std::forward<Ts>(parts)...);
}

template <class Handle, class... Ts>
void cross(const Handle& to, Ts&&... parts) {
  send_through_tap<caf::message_priority::normal>(to, std::forward<Ts>(parts)...);
}

template <class Self, class Context>
void report_mailbox(Self* self, const Context& context, std::string_view name) {
  context.watch.mailbox(context.lane, name, self->mailbox().size());
}

} // namespace carillon
