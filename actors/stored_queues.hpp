// Asks the store which queues have unfinished work from before, also what was on its
// way into the store when it was asked.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "actors/lane_context.hpp"
#include "actors/messaging.hpp"

namespace carillon {

/// Answered to `to` with `answer_atom, queue_list_ptr`; null: the store could not say.
template <class Handle>
void ask_for_queues(const context_ptr& context, const Handle& to) {
  context->store.barrier([to, context](const status_result& reached) {
    if (!reached)
      return cross(to, answer_atom_v, queue_list_ptr{});
    context->store.queues([to](result<std::vector<queue_state>> answer) {
      cross(to, answer_atom_v, answer ? std::make_shared<std::vector<queue_state>>(std::move(*answer)) : nullptr);
    });
  });
}

} // namespace carillon
