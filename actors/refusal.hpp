// Refusing a request for a reason of the moment: a full limit, a time that has
// passed. Whoever repeats a request that was accepted gets its answer all the same.
#pragma once

#include "actors/lane_context.hpp"

namespace carillon {

/// Answers with what was answered to the key before, else with `why`.
void refuse_unless_repeated(const lane_context& context, const intake_ptr& what, fault why);

} // namespace carillon
