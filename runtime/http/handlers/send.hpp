// From a JSON item to a request for the engine: what single sends, batches and
// dry runs share.
#pragma once

#include "runtime/http/exchange.hpp"
#include "runtime/http/service.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

/// Reads `item` as the caller's request; `at` is where it stands in the body.
result<intake_ptr> make_intake(service& with, const request& rq, const json& item,
                               const std::optional<std::string>& header_key, const std::string& at = {});

/// By when the request must be durable.
door::instant accept_deadline(service& with, const request& rq);

} // namespace carillon::http
