// Unsubscribe links (RFC 8058): the token says by itself whose category on which
// channel it turns off, and an HMAC says that we made it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/domain.hpp"
#include "messages/secret.hpp"

namespace carillon {

struct unsubscribe_claim {
  carillon::space space;
  std::string user_id, category;
  carillon::channel channel = channel::email;
  bool operator==(const unsubscribe_claim&) const = default;
};

/// base64url(claim) "." base64url(HMAC-SHA256): safe in a URL's path.
std::string unsubscribe_token(const unsubscribe_claim& claim, const secret& key);
/// Nullopt where the token was not made with that key.
std::optional<unsubscribe_claim> read_unsubscribe_token(std::string_view token, const secret& key);

} // namespace carillon
