// Schemas are written as JSON with two short forms: "#name" is a reference to
// another schema, "@name" is what the server itself goes by: a bound, the words of
// a vocabulary, a pattern. So no bound is written down twice.
#pragma once

#include <string_view>

#include "runtime/http/strict_json.hpp"

namespace carillon::http {

/// Parses schemas and replaces the short forms. Throws where the text is no JSON
/// or names a term that is not in the table: such a description is never served.
ordered_json schema_of(std::string_view text);

} // namespace carillon::http
