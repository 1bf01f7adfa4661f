// What a connection checks of a head before it reads the body: path and method,
// key, scope and rate, and whether the body is one that can be taken.
#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <set>

#include "runtime/http/connection.hpp"
#include "runtime/http/problem.hpp"
#include "runtime/http/request.hpp"

namespace carillon::http {
namespace {

/// A caller's id is used where it is short and visible ASCII.
bool is_usable_id(std::string_view id) {
  return !id.empty() && id.size() <= limits::request_id_bytes
         && std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

/// `Application/JSON; charset=utf-8` is `application/json`.
std::string media_type(std::string_view value) {
  std::string out{value.substr(0, value.find_first_of("; \t"))};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  return out;
}

bool takes_type(body_kind body, std::string_view type) {
  if (body == body_kind::none || type.empty() || type == "application/json")
    return true;
  if (body == body_kind::merge_patch)
    return type == "application/merge-patch+json";
  return body == body_kind::batch && (type == "application/x-ndjson" || type == "application/ndjson");
}

bool takes_parameter(const route& r, std::string_view name) {
  for (auto rest = r.query; !rest.empty();) {
    auto end = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, end) == name)
      return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::string parameters_of(const route& r) {
  return r.query.empty() ? "no query parameters" : "the query parameters " + std::string{r.query};
}

} // namespace

std::optional<fault> connection::admit() {
  if (is_usable_id(head_.request_id))
    id_ = head_.request_id;
  request_.how = head_.how;
  if (auto problem = admit_route())
    return problem;
  if (early_)
    return std::nullopt;
  if (auto problem = admit_caller())
    return problem;
  return admit_body();
}

std::optional<fault> connection::admit_route() {
  if (head_.how == method::options && head_.target == "*") {
    early_ = answer{204};
    return std::nullopt;
  }
  if (!head_.target.starts_with('/'))
    return fault{errc::bad_header, "The request target must be a path."};
  auto mark = std::min(head_.target.find('?'), head_.target.size());
  auto found = find_route(shared_.routes, listener_, head_.how, head_.target.substr(0, mark));
  if (!found)
    return found.error();
  if (!found->found) {
    bool asked = head_.how == method::options;
    auto what = asked ? answer{204} : answer{405};
    if (!asked)
      what = problem({errc::method_not_allowed, "This path takes " + found->allow + "."}, id_);
    what.headers.push_back({"Allow", found->allow});
    early_ = std::move(what);
    return std::nullopt;
  }
  route_ = found->found;
  request_.args = std::move(found->args);
  if (mark == head_.target.size())
    return std::nullopt;
  auto query = parse_query(head_.target.substr(mark + 1));
  if (!query)
    return query.error();
  std::set<std::string_view> seen;
  for (auto& [name, value] : *query) {
    if (!takes_parameter(*route_, name))
      return fault{errc::bad_query, "This call takes " + parameters_of(*route_) + '.'};
    if (!seen.insert(name).second)
      return fault{errc::bad_query, "The query parameter " + name + " stands there twice."};
  }
  request_.query = std::move(*query);
  return std::nullopt;
}

std::optional<fault> connection::admit_caller() {
  if (!route_->needs)
    return std::nullopt;
  auto now = shared_.with.engine.clock().now();
  auto caller = shared_.with.keys.find(head_.authorization, now);
  if (!caller)
    return caller.error();
  request_.caller = std::move(*caller);
  if (!has_scope(*request_.caller, *route_->needs))
    return fault{errc::forbidden, "The key lacks the scope " + std::string{to_string(*route_->needs)} + "."};
  rate_ = shared_.with.keys.spend(*request_.caller, now);
  if (rate_ && !rate_->allowed)
    return fault{errc::rate_limited, "The key's rate is used up; wait as long as Retry-After says.", {}, rate_->reset};
  return std::nullopt;
}

std::optional<fault> connection::admit_body() {
  request_.content_type = media_type(head_.content_type);
  request_.if_match = head_.if_match;
  request_.if_none_match = head_.if_none_match;
  if (head_.idempotency_key) {
    auto key = check_key_header(*head_.idempotency_key);
    if (!key)
      return key.error();
    request_.idempotency_key = std::move(*key);
  }
  if (route_->body == body_kind::none)
    return std::nullopt;
  if (!head_.chunked && !head_.content_length)
    return fault{errc::length_required, "The request needs a body with Content-Length or chunked coding."};
  if (!head_.content_encoding.empty()
      && !boost::beast::iequals({head_.content_encoding.data(), head_.content_encoding.size()}, "identity"))
    return fault{errc::unsupported_media_type, "Compressed bodies are not taken; send the JSON as it is."};
  if (!takes_type(route_->body, request_.content_type))
    return fault{errc::unsupported_media_type, "The Content-Type must be application/json."};
  return std::nullopt;
}

} // namespace carillon::http
