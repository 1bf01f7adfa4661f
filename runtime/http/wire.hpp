// An answer as bytes.
#pragma once

#include <optional>
#include <string>

#include "runtime/http/exchange.hpp"
#include "runtime/http/key_ring.hpp"

namespace carillon::http {

/// What the server adds to an answer.
struct wire_context {
  const std::string& request_id;
  const std::optional<rate_view>& rate;
  sys_time now;
  bool keep_alive = true;
  bool http10 = false;    ///< keep-alive must be said
  bool head_only = false; ///< answer to HEAD: the headers of the body, without it
};

/// Appends the whole answer to `out`. RFC 9112; Date by RFC 9110, section 5.6.7.
void write_answer(std::string& out, const answer& what, const wire_context& context);

} // namespace carillon::http
