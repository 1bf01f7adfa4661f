// application/problem+json (RFC 9457) as text for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace carillon::cli {

/// What went wrong, one line a wrong field with its pointer, and the request's id.
/// `body` may be anything: an answer that is no problem document is said to be one.
std::string problem_text(int status, const nlohmann::json& body);

/// A text member, empty where it is missing or of another type.
std::string text_of(const nlohmann::json& object, const char* member);

} // namespace carillon::cli
