// Small things that handlers share.
#pragma once

#include "runtime/http/exchange.hpp"
#include "runtime/http/object_reader.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

inline answer json_answer(const ordered_json& body, int status = 200) {
  return {status, to_text(body)};
}

inline answer no_content() {
  return {204};
}

/// `{data: [...], next_cursor}`; an empty cursor is null.
answer list_answer(ordered_json rows, const std::string& next_cursor);

/// Another tenant's id looks like one that does not exist.
fault no_such(std::string_view what);

/// The id in the path; not_found where it is no UUIDv7.
result<uuid> id_of(const request& rq, std::string_view what, std::size_t arg = 0);

/// `"7"`: a version as an entity tag (RFC 9110, section 8.8.3).
header etag(std::uint64_t version);

/// What a write is bound to: the version of `If-Match: "7"`, any for `If-Match: *`, none
/// for `If-None-Match: *`; nothing without either. bad_header for anything else.
result<version_bond> expected_version(const request& rq);

/// Reads a JSON body with `read(object_reader&) -> T`, then refuses what is wrong or unknown.
template <class Read, class T = std::invoke_result_t<Read, object_reader&>>
result<T> read_object(const json& body, Read read) {
  std::vector<field_error> errors;
  object_reader in{body, "", errors};
  T out = read(in);
  if (body.is_object())
    in.finish();
  else
    errors.resize(1); // that it is no object says it all
  if (!errors.empty())
    return invalid(std::move(errors));
  return out;
}

template <class Read, class T = std::invoke_result_t<Read, object_reader&>>
result<T> read_body(const request& rq, Read read) {
  auto body = parse_json(rq.body);
  if (!body)
    return body.error();
  return read_object(*body, std::move(read));
}

} // namespace carillon::http
