#include "runtime/http/openapi.hpp"

#include <algorithm>
#include <array>

namespace carillon::http {
namespace {

/// What else a call may answer, beside its success and a problem.
struct extra_answer {
  method how;
  std::string_view pattern;
  int status;
  std::string_view gives;
};
constexpr std::array extra_answers{
  extra_answer{method::post, "/v1/dead-letters/redrive", 200, "redrive_dry_run"},
  extra_answer{method::get, "/readyz", 503, "readiness"},
};

/// Schemas of parameters that are more than text.
struct parameter_schema {
  std::string_view name, schema;
};
constexpr std::array parameter_schemas{
  parameter_schema{"limit", R"({"type":"integer","minimum":1,"maximum":"@page_rows","default":"@default_page_rows"})"},
  parameter_schema{"since", R"("#time")"},
  parameter_schema{"until", R"("#time")"},
  parameter_schema{"channel", R"("#channel")"},
  parameter_schema{"status", R"("#notification_status")"},
};

ordered_json reference(std::string_view schema) {
  return {{"$ref", "#/components/schemas/" + std::string{schema}}};
}

std::string lower(std::string_view word) {
  std::string out{word};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  return out;
}

/// `post_v1_notifications_id_cancel`
std::string operation_id(const route& r) {
  auto out = lower(to_string(r.how));
  for (char c : r.pattern) {
    bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (word)
      out += c;
    else if (out.back() != '_')
      out += '_';
  }
  while (out.back() == '_')
    out.pop_back();
  return out;
}

/// The first word of the path behind the version: `notifications`, `users`, ...
std::string tag(const route& r) {
  auto path = r.pattern.starts_with("/v1/") ? r.pattern.substr(4) : std::string_view{"operation"};
  return std::string{path.substr(0, path.find('/'))};
}

ordered_json parameter(std::string_view name, std::string_view in, ordered_json schema) {
  return {{"name", name}, {"in", in}, {"required", in == "path"}, {"schema", std::move(schema)}};
}

ordered_json query_schema(std::string_view route_pattern, std::string_view name) {
  if (name == "state" && route_pattern.ends_with("/inbox"))
    return schema_of(R"({"enum":["unseen","seen","read","archived"]})");
  for (auto& known : parameter_schemas)
    if (known.name == name)
      return schema_of(known.schema);
  return {{"type", "string"}};
}

ordered_json path_schema(std::string_view name) {
  if (name == "state")
    return schema_of(R"({"enum":["seen","read","archived","unread"]})");
  return {{"type", "string"}, {"minLength", 1}, {"maxLength", argument_bytes(name)}};
}

void path_parameters(const route& r, ordered_json& out) {
  for (auto at = r.pattern.find('{'); at != std::string_view::npos; at = r.pattern.find('{', at + 1)) {
    auto name = r.pattern.substr(at + 1, r.pattern.find('}', at) - at - 1);
    out.push_back(parameter(name, "path", path_schema(name)));
  }
}

void query_parameters(const route& r, ordered_json& out) {
  for (auto rest = r.query; !rest.empty();) {
    auto end = std::min(rest.find(' '), rest.size());
    out.push_back(parameter(rest.substr(0, end), "query", query_schema(r.pattern, rest.substr(0, end))));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void header_parameters(const route& r, ordered_json& out) {
  auto header = [&](std::string_view name, ordered_json schema) {
    out.push_back(parameter(name, "header", std::move(schema)));
  };
  if (r.pattern == "/v1/notifications" && r.how == method::post) {
    header("Idempotency-Key", reference("idempotency_key"));
    header("Priority",
           schema_of(R"({"type":"string","description":"RFC 9218: u=0 or u=1 is critical","examples":["u=1"]})"));
  }
  auto writes = r.how == method::put || r.how == method::patch;
  if (r.pattern == "/v1/users/{id}"
        ? r.how != method::get
        : writes && (r.pattern.starts_with("/v1/users") || r.pattern.starts_with("/v1/settings")))
    header("If-Match", schema_of(R"({"type":"string","pattern":"^(\\*|\"[^\"]*\")$","examples":["\"7\""]})"));
}

ordered_json request_body(const route& r) {
  ordered_json content;
  content["application/json"] = {{"schema", reference(r.takes)}};
  if (r.body == body_kind::merge_patch)
    content["application/merge-patch+json"] = {{"schema", reference(r.takes)}};
  if (r.body == body_kind::batch)
    content["application/x-ndjson"] = {{"schema", {{"type", "string"}}}};
  return {{"required", true}, {"content", std::move(content)}};
}

ordered_json response(std::string_view description, std::string_view gives) {
  ordered_json out{{"description", description}};
  if (gives == "text")
    out["content"]["text/plain"] = {{"schema", {{"type", "string"}}}};
  else if (gives == "page")
    out["content"]["text/html"] = {{"schema", {{"type", "string"}}}};
  else if (!gives.empty())
    out["content"]["application/json"] = {{"schema", reference(gives)}};
  return out;
}

ordered_json operation(const route& r) {
  ordered_json out{{"operationId", operation_id(r)}, {"summary", r.summary}, {"tags", {tag(r)}}};
  if (r.needs)
    out["description"] = "Scope: " + std::string{to_string(*r.needs)} + '.';
  else
    out["security"] = ordered_json::array();
  ordered_json parameters = ordered_json::array();
  path_parameters(r, parameters);
  query_parameters(r, parameters);
  header_parameters(r, parameters);
  if (!parameters.empty())
    out["parameters"] = std::move(parameters);
  if (!r.takes.empty())
    out["requestBody"] = request_body(r);
  out["responses"][std::to_string(r.status)] = response(r.summary, r.gives);
  for (auto& extra : extra_answers)
    if (extra.how == r.how && extra.pattern == r.pattern)
      out["responses"][std::to_string(extra.status)] = response(r.summary, extra.gives);
  out["responses"]["default"] = {{"$ref", "#/components/responses/problem"}};
  return out;
}

} // namespace

ordered_json openapi_document(std::span<const route> routes) {
  auto out = ordered_json::parse(R"json({
    "openapi": "3.1.0",
    "info": {"title": "carillon", "version": "1",
             "description": "Takes notification requests and delivers them; says afterwards exactly what happened."},
    "security": [{"key": []}],
    "paths": {},
    "components": {
      "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "ck_live_... or ck_test_..."}},
      "responses": {"problem": {"description": "What went wrong (RFC 9457)", "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}}}
    }})json");
  for (auto& r : routes)
    if (r.where != listener::admin)
      out["paths"][std::string{r.pattern}][lower(to_string(r.how))] = operation(r);
  out["components"]["schemas"] = openapi_schemas();
  return out;
}

} // namespace carillon::http
