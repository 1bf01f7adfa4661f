// A running server on a free port and a client that sends bytes as a test wrote them.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "runtime/http/http_server.hpp"
#include "tests/http/fake_engine.hpp"

namespace carillon::test {

struct reply_text {
  int status = 0;
  std::string head, body;

  /// The value of a header; empty where it is not there.
  std::string field(const std::string& name) const {
    auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos)
      return {};
    at += name.size() + 4;
    return head.substr(at, head.find("\r\n", at) - at);
  }
  nlohmann::json json() const { return nlohmann::json::parse(body); }
  std::string code() const { return json().at("code"); }
};

class client {
public:
  explicit client(std::uint16_t port) { socket_.connect({boost::asio::ip::address_v4::loopback(), port}); }
  void send(std::string_view bytes) { boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size())); }

  /// One answer; `status` 0 where the server closed instead.
  reply_text read(bool head_only = false) {
    std::size_t end = 0;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos)
      if (!more())
        return {};
    reply_text out;
    out.head = in_.substr(0, end + 2);
    out.status = std::stoi(out.head.substr(9, 3));
    in_.erase(0, end + 4);
    auto size = out.field("Content-Length");
    auto wanted = size.empty() || head_only ? 0 : std::stoul(size);
    while (in_.size() < wanted)
      if (!more())
        return {};
    out.body = in_.substr(0, wanted);
    in_.erase(0, wanted);
    return out;
  }
  /// True where the server has closed and nothing is left to read.
  bool closed() { return in_.empty() && !more(); }

  reply_text call(const std::string& method, const std::string& target, const std::string& body = {},
                  const std::string& headers = {}) {
    auto size = body.empty() && method != "POST" && method != "PUT" && method != "PATCH"
                  ? std::string{}
                  : "Content-Length: " + std::to_string(body.size()) + "\r\n";
    send(method + " " + target + " HTTP/1.1\r\nHost: test\r\n" + headers + size + "\r\n" + body);
    return read(method == "HEAD");
  }

private:
  bool more() {
    char buffer[4096];
    boost::system::error_code ec;
    auto got = socket_.read_some(boost::asio::buffer(buffer), ec);
    in_.append(buffer, got);
    return !ec;
  }
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_{context_};
  std::string in_;
};

struct running_server {
  explicit running_server(options config = fake_engine::default_test_options())
      : engine(std::move(config)), server(engine, engine.config()) {}
  void start() {
    auto started = server.start();
    if (!started)
      FAIL(started.error().detail);
  }
  client connect() { return client{server.port()}; }

  fake_engine engine;
  http_server server;
};

inline const std::string good_body =
  R"({"user_id":"u_1","type":"order_shipped","content":{"title":"On its way","body":"It left."}})";

} // namespace carillon::test
