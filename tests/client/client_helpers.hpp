// What tests of the vendor client share.
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

#include "runtime/client/curl_client.hpp"
#include "tests/client/tcp_server.hpp"

namespace carillon::test {

using failure = wire_answer::failure;
inline constexpr auto patience = std::chrono::seconds{20};

/// An answer that may be waited for.
class pending_answer {
public:
  /// To be handed to the client; a second answer is an error that `get` shows.
  std::function<void(wire_answer)> receiver() {
    return [state = state_](wire_answer answer) { state->set_value(std::move(answer)); };
  }
  wire_answer get() {
    auto future = state_->get_future();
    if (future.wait_for(patience) != std::future_status::ready)
      throw std::runtime_error{"no answer within the test's patience"};
    return future.get();
  }

private:
  std::shared_ptr<std::promise<wire_answer>> state_ = std::make_shared<std::promise<wire_answer>>();
};

inline pending_answer begin(vendor_client& client, wire_request request) {
  pending_answer answer;
  client.call(std::move(request), answer.receiver());
  return answer;
}
inline wire_answer ask(vendor_client& client, wire_request request) {
  return begin(client, std::move(request)).get();
}

inline wire_request post(std::string url, std::string body = "{}") {
  wire_request request;
  request.url = std::move(url);
  request.headers = {{"content-type", "application/json"}};
  request.body = std::move(body);
  return request;
}

struct http_request {
  std::string head, body;
};
/// The next request on a connection; nullopt where the peer hung up.
inline std::optional<http_request> read_request(connection& peer) {
  auto head = peer.read_until("\r\n\r\n");
  if (!head)
    return std::nullopt;
  std::size_t length = 0;
  if (auto at = head->find("Content-Length: "); at != std::string::npos)
    length = std::stoul(head->substr(at + 16));
  auto body = peer.read_bytes(length);
  if (!body)
    return std::nullopt;
  return http_request{*head, *body};
}
inline std::string ok_response(const std::string& body = "ok") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
/// Answers every request on a connection alike.
inline tcp_server::script always(std::string response) {
  return [response = std::move(response)](connection& peer) {
    while (read_request(peer) && peer.write(response)) {
    }
  };
}

} // namespace carillon::test
