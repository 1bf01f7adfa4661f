// The `notification` row of feature_settings: the JSON that people keep in such a
// table, understood. Unknown keys inside are kept but have no effect.
#pragma once

#include "messages/domain.hpp"
#include "messages/ports.hpp"

namespace carillon {

/// {"retry_settings": {"sms": {max_attempts, initial_backoff_seconds, backoff_strategy,
/// max_backoff_seconds, retry_enabled}}, "other_settings": {"throttle_per_user_per_minute": 5},
/// "channels": {"sms": {"enabled": false}}, "types": {"digest": {"enabled": false}}}.
/// invalid_request with pointers below `/config`; a row that is not enabled is empty settings.
result<feature_settings> parse_settings(const versioned_json& row);

} // namespace carillon
