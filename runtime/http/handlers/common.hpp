// Small things that handlers share.
#pragma once

#include "runtime/http/exchange.hpp"
#include "runtime/http/json_text.hpp"

namespace carillon::http {

inline answer json_answer(const ordered_json& body, int status = 200) {
  return {status, to_text(body)};
}

inline answer no_content() {
  return {204};
}

/// Another tenant's id looks like one that does not exist.
inline fault no_such(std::string_view what) {
  return {errc::not_found, "There is no " + std::string{what} + " of that id."};
}

/// `"7"`: a version as an entity tag (RFC 9110, section 8.8.3).
inline header etag(std::uint64_t version) {
  return {"ETag", '"' + std::to_string(version) + '"'};
}

/// The id in the path; not_found where it is no UUIDv7.
inline result<uuid> id_of(const request& rq, std::string_view what, std::size_t arg = 0) {
  auto id = parse_uuid(rq.args[arg]);
  if (!id)
    return no_such(what);
  return *id;
}

} // namespace carillon::http
