#include "runtime/http/handlers/send.hpp"

#include "runtime/http/request.hpp"

namespace carillon::http {

result<intake_ptr> make_intake(service& with, const request& rq, const json& item,
                               const std::optional<std::string>& header_key, const std::string& at) {
  auto read = read_notification(item, with.engine.config(), with.engine.clock().now(), header_key, at);
  if (!read)
    return std::move(read.error());
  auto out = std::make_shared<intake>();
  out->command = std::move(read->command);
  out->space = rq.where();
  out->lane = read->lane;
  out->correlation_id = rq.id;
  out->claim = std::move(read->claim);
  out->outdated = std::move(read->outdated);
  out->received = rq.received;
  return out;
}

door::instant accept_deadline(service& with, const request& rq) {
  return rq.received + with.engine.config().server.accept_deadline;
}

} // namespace carillon::http
