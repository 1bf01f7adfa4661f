// Protocol `webhook`: a signed POST to a URL the person gave, by Standard
// Webhooks (standard-webhooks/standard-webhooks, spec/standard-webhooks.md). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/providers/protocol.hpp"

namespace carillon {

/// Larger bodies are bad_message. The specification advises 20 kB; what a door
/// accepted below this is sent all the same.
inline constexpr std::size_t webhook_body_bytes = 262'144;
inline constexpr std::size_t webhook_url_bytes = 2'048;

/// The bytes to sign with: `whsec_` and the base64 of 24..64 bytes. Nullopt for anything else.
std::optional<std::string> webhook_key(const secret& text);

/// `webhook-signature`: a `v1,` entry for every key, in their order, with spaces between.
std::string webhook_signature(const std::vector<std::string>& keys, std::string_view id, std::string_view timestamp,
                              std::string_view body);

/// The body is the same at every attempt, `webhook-id` too; `webhook-timestamp`
/// is the attempt's. Guarded. A URL that is not http(s) is a field error at `/address`.
result<wire_request> make_webhook(const call_context& call);

/// 2xx accepted, 410 bad_address, 429 throttled, anything else retry; Retry-After counts everywhere.
answer_meaning read_webhook(const wire_answer& answer, sys_time now);

} // namespace carillon
