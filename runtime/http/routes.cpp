#include "runtime/http/routes.hpp"

#include <array>

#include "runtime/http/handlers/handlers.hpp"

namespace carillon::http {
namespace {

using enum method;
using enum listener;
using body = body_kind;

constexpr std::optional<scope> open_to_all{};

// The first column that matches wins, so the busiest routes stand first.
// clang-format off
constexpr std::array table{
  // method, path, scope, listener, body, handler, summary, schema of body, status, schema of answer, query
  route{post, "/v1/notifications", scope::send, open, body::json, post_notification,
        "Accept a notification", "notification_request", 202, "accepted", ""},
  route{get, "/v1/notifications/{id}", scope::read, open, body::none, get_notification,
        "Read a notification with its deliveries, attempts and reasons", "", 200, "notification", ""},

  route{get, "/healthz", open_to_all, both, body::none, get_health, "The process lives", "", 200, "health", ""},
  route{get, "/readyz", open_to_all, both, body::none, get_readiness, "It can take requests", "", 200, "readiness", ""},
  route{get, "/metrics", open_to_all, admin, body::none, get_metrics, "Metrics in Prometheus' text format", "", 200, "text", ""},
};
// clang-format on

} // namespace

std::span<const route> route_table() {
  return table;
}

} // namespace carillon::http
