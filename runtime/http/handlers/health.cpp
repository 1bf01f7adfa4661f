#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/openapi.hpp"
#include "runtime/http/routes.hpp"

namespace carillon::http {

void get_health(service&, request&, responder respond) {
  respond(json_answer({{"status", "ok"}}));
}

void get_readiness(service& with, request&, responder respond) {
  auto state = with.engine.ready();
  bool ready = state.ready && !with.engine.draining();
  ordered_json body{{"ready", ready}, {"draining", with.engine.draining()}, {"problems", ordered_json::array()}};
  for (auto& [part, wrong] : state.problems)
    body["problems"].push_back({{"part", part}, {"detail", wrong}});
  respond(json_answer(body, ready ? 200 : 503));
}

void get_metrics(service& with, request& rq, responder respond) {
  with.engine.metrics(answer_with<std::string>(rq, respond, [](const std::string& text) {
    return answer{200, text, {}, "text/plain; version=0.0.4; charset=utf-8"};
  }));
}

void get_openapi(service&, request&, responder respond) {
  static const std::string document = to_text(openapi_document(route_table()));
  respond(answer{200, document});
}

} // namespace carillon::http
