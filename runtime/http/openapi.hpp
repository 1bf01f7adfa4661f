// The OpenAPI 3.1 description of the public listener, made from the route table
// and the schemas; so a route cannot be served without being described.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/http/openapi_terms.hpp"
#include "runtime/http/router.hpp"

namespace carillon::http {

ordered_json openapi_document(std::span<const route> routes);

/// `components.schemas`: every name that the route table uses.
ordered_json openapi_schemas();
/// Those of them that bodies of requests are made of.
ordered_json request_schemas();

} // namespace carillon::http
