// Between domain values and the JSON texts in the store's columns. Words, not
// numbers, stand in the JSON, so that a person with a SQLite shell can read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/domain.hpp"

namespace carillon {

/// content, locale, to, metadata and correlation_id of a notification.
std::string encode_doc(const notification& n);
void decode_doc(std::string_view text, notification& into);

std::string encode_contacts(const contacts& where);
contacts decode_contacts(std::string_view text);

/// One attempt, one change: an object without surrounding brackets.
std::string encode_attempt(const attempt& what);
std::string encode_change(const status_change& what);
/// All of them, joined by commas.
std::string encode_attempts(const std::vector<attempt>& all);
std::string encode_history(const std::vector<status_change>& all);
std::vector<attempt> decode_attempts(std::string_view joined);
std::vector<status_change> decode_history(std::string_view joined);

std::string encode_rules(const std::vector<preference_rule>& rules);
std::vector<preference_rule> decode_rules(std::string_view text);
std::string encode_window(const quiet_window& window);
quiet_window decode_window(std::string_view text);

} // namespace carillon
