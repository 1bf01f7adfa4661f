// `--filter key=value` of the dead letters, as people type it and as the API takes it.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "messages/vocabulary.hpp"
#include "runtime/cli/api_client.hpp"

namespace carillon::cli {

struct dead_letter_choice {
  std::vector<std::string> ids;              ///< of deliveries
  std::map<std::string, std::string> values; ///< by the API's names, instants as RFC 3339
};

/// Keys: id (repeatable), type, channel, provider, code, user, since, until; the
/// two instants as RFC 3339 or a span before `now` like `2h`. Throws command_error `usage`.
dead_letter_choice parse_dead_letter_filter(const std::vector<std::string>& filters, sys_time now);

/// For GET /v1/dead-letters.
query query_of(const dead_letter_choice& choice);
/// For POST /v1/dead-letters/redrive.
nlohmann::json body_of(const dead_letter_choice& choice);

} // namespace carillon::cli
