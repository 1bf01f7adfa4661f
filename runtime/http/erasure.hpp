// Takes an erased person out of every file, one after the other. The tombstone in
// control.db is durable before; as long as it is unfinished, the engine takes the
// erasure up again at its next start. Every step may be repeated.
#pragma once

#include "runtime/http/engine_port.hpp"

namespace carillon {

/// `then` is called once all is gone, or with the fault of the step that failed.
void erase_everywhere(engine_port& engine, const space& where, const std::string& user_id, done<ok_t> then);

} // namespace carillon
