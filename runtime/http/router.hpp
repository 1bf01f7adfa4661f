// Which handler serves a method and a path.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http/exchange.hpp"

namespace carillon::http {

struct service;

/// Where a route is served.
enum class listener : std::uint8_t { open, admin, both };

/// What a route's body is.
enum class body_kind : std::uint8_t {
  none,        ///< none is needed; one that comes is read and ignored
  document,    ///< application/json, at most server.max_body
  merge_patch, ///< the same, or application/merge-patch+json
  batch,       ///< application/json or application/x-ndjson, at most server.max_batch_body
};

using handler = void (*)(service& with, request& rq, responder respond);

struct route {
  method how;
  std::string_view pattern;   ///< `/v1/users/{id}`
  std::optional<scope> needs; ///< nullopt: no key
  listener where;
  body_kind body;
  handler run;
  std::string_view summary;
  std::string_view takes; ///< schema of the body in OpenAPI; empty: none
  int status;             ///< of success
  std::string_view gives; ///< schema of the answer; empty: no body
  std::string_view query; ///< names of query parameters, separated by blanks
};

/// What was found. `found` null: the path is known, for the methods in `allow`.
struct route_match {
  const route* found = nullptr;
  std::vector<std::string> args;
  std::string allow; ///< `GET, HEAD, OPTIONS`, where found is null
};

/// What a `{placeholder}` takes, in bytes: an id or a name. A signed token holds
/// ids and names and has the address's own bound.
std::size_t argument_bytes(std::string_view placeholder);

/// HEAD finds the GET route. not_found where no path matches; bad_query where a
/// placeholder is not UTF-8 in percent-encoding of 1..argument_bytes.
result<route_match> find_route(std::span<const route> table, listener at, method how, std::string_view path);

/// `a=1&b=2` in application/x-www-form-urlencoded; bad_query where it cannot be decoded.
result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);

} // namespace carillon::http
