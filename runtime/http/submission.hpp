// Hands a request to the engine through its lane's door and brings the answer back.
#pragma once

#include <functional>

#include "runtime/http/service.hpp"

namespace carillon::http {

/// Submits `what` to its lane; `then` runs once, on the lane's pool, with the
/// receipt or with why there is none (overloaded, store_unavailable past `deadline`,
/// or the engine's own). From any pool's thread.
void submit(service& with, intake_ptr what, door::instant deadline, std::function<void(result<receipt>)> then);

/// The same for a dry run.
void explain(service& with, intake_ptr what, door::instant deadline, std::function<void(result<explanation>)> then);

} // namespace carillon::http
