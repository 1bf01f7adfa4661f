// A notification as the API answers it, drawn for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "runtime/cli/session.hpp"

namespace carillon::cli {

/// `rule: reason`, and until when, of the object `waiting_for`; empty without one.
std::string waiting_text(const nlohmann::json& delivery, sys_time now);

/// Header, then per delivery its decision and the timeline of statuses and attempts.
void show_notification(session& s, const nlohmann::json& notification);

/// `just now`, `3 min ago` of an RFC 3339 member; empty where it is missing.
std::string relative_of(const nlohmann::json& object, const char* member, sys_time now);

} // namespace carillon::cli
