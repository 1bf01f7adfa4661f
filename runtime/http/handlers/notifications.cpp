#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/request.hpp"
#include "runtime/http/response.hpp"
#include "runtime/http/submission.hpp"

namespace carillon::http {
namespace {

/// Built by hand: this is the hottest answer there is.
answer accepted(const receipt& r) {
  auto id = to_string(r.id);
  answer out{202};
  out.body = R"({"id":")" + id + R"(","status":"accepted","lane":")" + std::string{to_string(r.lane)} + "\"}";
  out.headers.push_back({"Location", "/v1/notifications/" + id});
  if (r.replayed)
    out.headers.push_back({"Idempotent-Replayed", "true"});
  return out;
}

/// Reads the body into an intake for the engine.
result<intake_ptr> read_intake(service& with, request& rq) {
  auto body = parse_json(rq.body);
  if (!body)
    return body.error();
  auto read = read_notification(*body, with.engine.config(), with.engine.clock().now(), rq.idempotency_key);
  if (!read)
    return read.error();
  auto out = std::make_shared<intake>();
  out->command = std::move(read->command);
  out->space = rq.where();
  out->lane = read->lane;
  out->correlation_id = rq.id;
  out->claim = std::move(read->claim);
  out->received = rq.received;
  return out;
}

} // namespace

void post_notification(service& with, request& rq, responder respond) {
  auto what = read_intake(with, rq);
  if (!what) {
    with.engine.watch().rejected(code_of(what.error().code));
    return respond(std::move(what.error()));
  }
  auto deadline = rq.received + with.engine.config().server.accept_deadline;
  submit(with, std::move(*what), deadline, [&with, respond](result<receipt> got) {
    if (got)
      return respond(accepted(*got));
    with.engine.watch().rejected(code_of(got.error().code));
    respond(std::move(got.error()));
  });
}

void get_notification(service& with, request& rq, responder respond) {
  auto id = id_of(rq, "notification");
  if (!id)
    return respond(id.error());
  with.engine.store_of(lane_of(*id))
    .find(rq.where(), *id, answer_with<notification_view>(rq, respond, [](const notification_view& found) {
            return json_answer(notification_json(found));
          }));
}

} // namespace carillon::http
