// Errors as callers see them: RFC 9457 `application/problem+json`.
#pragma once

#include <string>

#include "runtime/http/exchange.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

/// The members of a problem, request_id apart: also what a refused batch item carries.
ordered_json problem_members(const fault& what);

/// The whole answer, with Retry-After where the fault says when.
answer problem(const fault& what, const std::string& request_id);

} // namespace carillon::http
