// Run-time settings: the JSON of a `feature_settings` row, understood.
//   {"retry_settings": {"sms": {"max_attempts": 5, "initial_backoff_seconds": 1, "backoff_strategy": "exponential",
//                               "max_backoff_seconds": 600, "retry_enabled": true}},
//    "other_settings": {"throttle_per_user_per_minute": 5},
//    "channels": {"sms": {"enabled": false}}, "types": {"newsletter": {"enabled": false}}}
#pragma once

#include "messages/ports.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon {

/// Reads the config of the feature `notification`. Nothing is in force of one
/// that is not enabled. invalid_request with a pointer for each problem.
result<feature_settings> parse_settings(const versioned_json& stored);

namespace http {

/// The same from a document; pointers begin with `at`, problems go to `errors`.
feature_settings read_settings(const json& config, const std::string& at, std::vector<field_error>& errors);

} // namespace http
} // namespace carillon
