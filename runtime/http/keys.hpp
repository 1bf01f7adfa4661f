// API keys: how they are made and how the first one comes to be. The key itself
// is shown once; only its SHA-256 is kept.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "messages/domain.hpp"

namespace carillon {

/// What callers see of a key, and what is kept of it.
struct new_key {
  std::string text; ///< ck_live_... or ck_test_... and 43 base62 digits: 256 random bits
  api_key kept;     ///< id, digest, space, created_at and what was asked for
};

/// Makes a key; `wanted` brings name, space, scopes, lane, rate and expires_at.
new_key make_key(api_key wanted, sys_time now);

/// SHA-256 of a key's text: what `api_key::digest` holds.
std::array<std::uint8_t, 32> key_digest(std::string_view text);

/// Every scope, live, tenant "default": the key of the embedded default.
api_key admin_key_template();

/// Writes a key's text to `file` with mode 0600, readable by its owner only from
/// the first byte on. internal_error names the file and the system's reason.
status_result write_key_file(const std::filesystem::path& file, std::string_view text);

/// A UUIDv7 as text, for rows that are not notifications (keys, suppressions, jobs). Any thread.
std::string new_row_id(sys_time now);

} // namespace carillon
