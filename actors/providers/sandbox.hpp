// Protocols without a vendor: `sandbox`, which captures what it is given and acts
// out trouble (see `act` in protocol.hpp), and `in_app`, whose feed is our own store.
#pragma once

#include "actors/providers/protocol.hpp"

namespace carillon {

/// Reads what `act` made up: 2xx accepted, 429 throttled, anything else retry.
answer_meaning read_sandbox(const wire_answer& answer, sys_time now);

/// Whoever writes the feed answers 200 for kept, 404 for nobody there (bad_address),
/// 503 or 507 for a store that cannot keep it now (retry).
answer_meaning read_in_app(const wire_answer& answer, sys_time now);

} // namespace carillon
