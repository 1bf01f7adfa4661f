#include "runtime/http/routes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "runtime/http/openapi.hpp"

using namespace carillon;
using namespace carillon::http;

namespace {

result<route_match> find(method how, std::string_view path, listener at = listener::open) {
  return find_route(route_table(), at, how, path);
}

/// Every `$ref` in a document.
void collect_references(const ordered_json& value, std::set<std::string>& out) {
  if (value.is_object() && value.contains("$ref"))
    out.insert(value["$ref"].get<std::string>());
  if (value.is_structured())
    for (auto& child : value)
      collect_references(child, out);
}

} // namespace

TEST_CASE("every route is found by its own path, with its arguments") {
  for (auto& r : route_table()) {
    CAPTURE(r.pattern);
    std::string path;
    std::size_t placeholders = 0;
    for (std::size_t i = 0; i < r.pattern.size(); ++i) {
      if (r.pattern[i] != '{') {
        path += r.pattern[i];
        continue;
      }
      path += "arg" + std::to_string(placeholders++);
      i = r.pattern.find('}', i);
    }
    auto got = find(r.how, path, r.where == listener::admin ? listener::admin : listener::open);
    REQUIRE(got);
    REQUIRE(got->found);
    CHECK(got->found->pattern == r.pattern);
    CHECK(got->args.size() == placeholders);
  }
}

TEST_CASE("no two routes are the same and none is hidden by one before it") {
  std::set<std::pair<method, std::string_view>> seen;
  for (auto& r : route_table())
    CHECK(seen.emplace(r.how, r.pattern).second);
}

TEST_CASE("paths that are nearly right are not found") {
  for (auto* path : {"", "/", "/v1", "/v1/notifications/", "//v1/notifications", "/v1/notifications/a/b",
                     "/V1/notifications", "/v1/users/a/inbox/", "/v1/users/a/inbox/b", "/v1/notifications/x/cancel/"})
    CHECK_FALSE((find(method::post, path) && find(method::post, path)->found));
}

TEST_CASE("arguments are decoded, and dots are nothing special") {
  CHECK(find(method::get, "/v1/users/a%2Fb%20c")->args == std::vector<std::string>{"a/b c"});
  CHECK(find(method::get, "/v1/users/..")->args == std::vector<std::string>{".."});
  CHECK(find(method::get, "/v1/users/a+b")->args == std::vector<std::string>{"a+b"});
  CHECK_FALSE(find(method::get, "/v1/users/" + std::string(256, 'u')));
}

TEST_CASE("queries are decoded") {
  auto got = parse_query("a=1&b=x+y%26&&c");
  REQUIRE(got);
  CHECK(*got == std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", "x y&"}, {"c", ""}});
  CHECK_FALSE(parse_query("a=%"));
  std::string many;
  for (int i = 0; i < 60; ++i)
    many += "a=1&";
  CHECK_FALSE(parse_query(many));
}

TEST_CASE("every route is described, with schemas that exist") {
  auto document = openapi_document(route_table());
  CHECK(document["openapi"] == "3.1.0");
  std::set<std::string> ids, references;
  for (auto& r : route_table()) {
    if (r.where == listener::admin)
      continue;
    CAPTURE(r.pattern);
    std::string how{to_string(r.how)};
    std::transform(how.begin(), how.end(), how.begin(), [](char c) { return c | 0x20; });
    REQUIRE(document["paths"][std::string{r.pattern}].contains(how));
    auto& operation = document["paths"][std::string{r.pattern}][how];
    CHECK(ids.insert(operation["operationId"].get<std::string>()).second);
    CHECK(operation["responses"].contains(std::to_string(r.status)));
    CHECK(operation["responses"].contains("default"));
    CHECK(operation.contains("requestBody") == (r.body != body_kind::none));
    CHECK_FALSE(r.summary.empty());
  }
  collect_references(document, references);
  for (auto& pointer : references) {
    CAPTURE(pointer);
    CHECK(document.contains(ordered_json::json_pointer{pointer.substr(1)}));
  }
}
