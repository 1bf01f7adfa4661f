// The target of a request: its path through the route table, its query, and the
// cursor and instants in it.
#include <array>

#include "messages/id.hpp"
#include "runtime/http/handlers/both_lanes.hpp"
#include "runtime/http/rfc3339.hpp"
#include "runtime/http/router.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace carillon;
using namespace carillon::http;
using fuzz::promise;

namespace {

constexpr std::array patterns{
  route{method::get, "/v1/notifications/{id}", {}, listener::both, body_kind::none, nullptr, "", "", 200, "", ""},
  route{
    method::post, "/v1/notifications/{id}/cancel", {}, listener::both, body_kind::none, nullptr, "", "", 200, "", ""},
  route{method::get, "/v1/users/{id}", {}, listener::both, body_kind::none, nullptr, "", "", 200, "", ""},
  route{method::get, "/v1/unsubscribe/{token}", {}, listener::both, body_kind::none, nullptr, "", "", 200, "", ""},
};

void check_route(std::string_view path) {
  auto got = find_route(patterns, listener::open, method::get, path);
  if (!got)
    return promise(!got.error().detail.empty(), "a refusal says why");
  promise(got->found != nullptr || !got->allow.empty(), "a known path has a route or methods");
  for (auto& arg : got->args)
    promise(!arg.empty() && arg.size() <= argument_bytes("token"), "arguments are within their bounds");
}

void check_values(std::string_view text) {
  if (auto at = parse_rfc3339(text))
    promise(parse_rfc3339(format_rfc3339(*at)) == at, "an instant reads back as what was written");
  if (auto id = parse_uuid(text))
    promise(parse_uuid(to_string(*id)) == id, "an id reads back as what was written");
  if (auto cursor = parse_lane_cursor(text))
    promise(parse_lane_cursor(to_text(*cursor)) == cursor, "a cursor reads back as what was written");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  check_values(rest);
  check_route(fuzz::cut(rest, '?'));
  auto query = parse_query(rest);
  if (!query)
    return promise(!query.error().detail.empty(), "a refusal says why"), 0;
  for (auto& [name, value] : *query) {
    promise(name.size() + value.size() <= rest.size(), "decoding adds no bytes");
    check_values(value);
  }
  return 0;
}
