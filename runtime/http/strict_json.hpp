// JSON as a door takes it: strict RFC 8259 in UTF-8, bounded in depth, without
// duplicate names, so that no two readers understand it differently.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "messages/errors.hpp"

namespace carillon::http {

using json = nlohmann::json;
/// Keeps the order in which an answer was written.
using ordered_json = nlohmann::ordered_json;

/// malformed_json where it is not JSON or UTF-8, nests deeper than
/// bounds::json_depth or names a member twice; the detail says where.
result<json> parse_json(std::string_view text);

/// Compact text; bytes that are not UTF-8 become U+FFFD, so it never throws.
std::string to_text(const json& value);
std::string to_text(const ordered_json& value);

/// One reference token of an RFC 6901 pointer: `/` becomes `~1`, `~` becomes `~0`.
std::string pointer_token(std::string_view name);

} // namespace carillon::http
