// Every route of the server, in one table: add a route here, its handler in
// handlers/, its schemas in openapi_schemas.cpp.
#pragma once

#include <span>

#include "runtime/http/router.hpp"

namespace carillon::http {

std::span<const route> route_table();

} // namespace carillon::http
