// The body of POST /v1/notifications as a command: every door that takes this
// shape reads it here. Pure.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "config/options.hpp"
#include "messages/domain.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

/// A request, checked and mapped.
struct notification_request {
  carillon::command command;
  carillon::lane lane = lane::bulk;       ///< by its priority, else by its type's
  std::optional<idempotency_claim> claim; ///< where the request has a key
  std::optional<fault> outdated;          ///< with a key: an expires_at that is past is its only error
};

/// Reads one notification. `header_key` is the Idempotency-Key header, already
/// within bounds; the field of that name must agree with it. A send_at in the
/// past means now; an expires_at in the past may have been in time when the request
/// came first, so that one with a key is not refused here. invalid_request with one field_error per problem; pointers
/// begin with `at`, which is where the item stands in a batch.
result<notification_request> read_notification(const json& body, const options& config, sys_time now,
                                               const std::optional<std::string>& header_key = {},
                                               const std::string& at = {});

/// The Idempotency-Key header: 1..bounds::key_bytes of UTF-8 without control characters; else bad_header.
result<std::string> check_key_header(std::string_view value);

/// SHA-256 over what the command says, field by field, its defaults left out, so
/// that the same notification from another door has the same digest.
std::array<std::uint8_t, 32> canonical_digest(const command& what);

} // namespace carillon::http
