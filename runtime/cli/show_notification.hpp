// A notification as the API answers it, drawn for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "runtime/cli/session.hpp"

namespace carillon::cli {

/// Header, then per delivery its decision and the timeline of statuses and attempts.
void show_notification(session& s, const nlohmann::json& notification);

/// True where the engine has no more work with a notification of that status.
bool is_finished(std::string_view notification_status);
/// True where it reached the person, as far as is known: sent, delivered, read.
bool is_success(std::string_view notification_status);

/// Asks again until the notification is finished or the person interrupts; the
/// newest answer.
class api_client;
nlohmann::json wait_until_finished(session& s, api_client& api, const std::string& id);

/// `just now`, `3 min ago` of an RFC 3339 member; empty where it is missing.
std::string relative_of(const nlohmann::json& object, const char* member, sys_time now);

} // namespace carillon::cli
