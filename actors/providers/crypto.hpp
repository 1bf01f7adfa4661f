// The cryptography and the encodings that protocols sign with. All OpenSSL of
// this room is in crypto.cpp. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace carillon {

/// Base64 with padding (RFC 4648, section 4), one line.
std::string base64(std::string_view bytes);
/// Base64url without padding (RFC 4648, section 5).
std::string base64url(std::string_view bytes);
/// Reads the padded standard alphabet; nullopt for anything else.
std::optional<std::string> from_base64(std::string_view text);
/// Reads the unpadded URL alphabet; nullopt for anything else.
std::optional<std::string> from_base64url(std::string_view text);

/// 32 raw bytes (RFC 2104, SHA-256).
std::string hmac_sha256(std::string_view key, std::string_view text);
/// Compares without telling by its time where the texts differ.
bool same_secret(std::string_view a, std::string_view b);

} // namespace carillon
