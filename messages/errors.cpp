#include "messages/errors.hpp"

#include <array>

namespace carillon {
namespace {

struct row {
  errc value;
  std::string_view code;
  int status;
  std::string_view sentence;
};

constexpr std::array errors{
  row{errc::malformed_json, "malformed_json", 400, "The body is not valid UTF-8 JSON."},
  row{errc::bad_header, "bad_header", 400, "A header has a value that cannot be used."},
  row{errc::bad_query, "bad_query", 400, "A query parameter has a value that cannot be used."},
  row{errc::invalid_request, "invalid_request", 422, "The request is well-formed but wrong."},
  row{errc::unauthorized, "unauthorized", 401, "A valid key is needed."},
  row{errc::forbidden, "forbidden", 403, "The key does not allow this."},
  row{errc::not_found, "not_found", 404, "There is nothing at this address."},
  row{errc::method_not_allowed, "method_not_allowed", 405, "This address does not take this method."},
  row{errc::request_timeout, "request_timeout", 408, "The request did not arrive in time."},
  row{errc::key_in_flight, "key_in_flight", 409, "A request with this idempotency key is being accepted now."},
  row{errc::nothing_to_cancel, "nothing_to_cancel", 409, "Nothing could be cancelled."},
  row{errc::not_held, "not_held", 409, "The delivery is not held."},
  row{errc::not_sent, "not_sent", 409, "It has not been sent."},
  row{errc::length_required, "length_required", 411, "The request needs a Content-Length."},
  row{errc::version_mismatch, "version_mismatch", 412, "The resource has changed since the version in If-Match."},
  row{errc::body_too_large, "body_too_large", 413, "The body is larger than the limit."},
  row{errc::uri_too_long, "uri_too_long", 414, "The address is longer than the limit."},
  row{errc::unsupported_media_type, "unsupported_media_type", 415, "The body has a type that is not accepted here."},
  row{errc::key_reused, "key_reused", 422, "The idempotency key was used for a different request."},
  row{errc::rate_limited, "rate_limited", 429, "Too many requests."},
  row{errc::headers_too_large, "headers_too_large", 431, "The headers are larger than the limit."},
  row{errc::internal_error, "internal_error", 500, "The engine failed; nothing was accepted."},
  row{errc::not_implemented, "not_implemented", 501, "The method is not known."},
  row{errc::overloaded, "overloaded", 503, "The engine takes no more requests just now."},
  row{errc::shutting_down, "shutting_down", 503, "The engine is shutting down."},
  row{errc::store_unavailable, "store_unavailable", 503, "The request cannot be made durable just now."},
  row{errc::version_not_supported, "version_not_supported", 505, "The HTTP version is not supported."},
  row{errc::storage_full, "storage_full", 507, "The storage is full."},
};

const row& row_of(errc value) {
  for (auto& entry : errors)
    if (entry.value == value)
      return entry;
  return row_of(errc::internal_error);
}

} // namespace

std::string_view code_of(errc value) {
  return row_of(value).code;
}
std::string_view sentence_of(errc value) {
  return row_of(value).sentence;
}
int status_of(errc value) {
  return row_of(value).status;
}

} // namespace carillon
