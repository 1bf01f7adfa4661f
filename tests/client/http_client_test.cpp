#include <catch2/catch_test_macros.hpp>
#include <pthread.h>

#include "tests/client/client_helpers.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

wire_request guarded(std::string url) {
  auto request = post(std::move(url));
  request.guarded = true;
  return request;
}

wire_request hurried(std::string url) {
  auto request = post(std::move(url));
  request.timeout = std::chrono::milliseconds{150};
  return request;
}

} // namespace

TEST_CASE("calls one after the other use one connection") {
  tcp_server vendor{always(ok_response("taken"))};
  curl_client client{{}};
  for (int i = 0; i < 3; ++i) {
    auto answer = ask(client, post(vendor.url("http", "/send")));
    CHECK(answer.why == failure::none);
    CHECK(answer.status == 200);
    CHECK(answer.body == "taken");
  }
  CHECK(vendor.connections() == 1);
}

TEST_CASE("method, headers and body arrive as they were given and nothing is added for libcurl's sake") {
  std::promise<http_request> seen;
  tcp_server vendor{[&](connection& peer) {
    seen.set_value(*read_request(peer));
    peer.write(ok_response());
  }};
  client_settings settings;
  settings.user_agent = "carillon/test";
  curl_client client{settings};
  auto request = post(vendor.url("http", "/put?x=1"), std::string(2'000'000, 'b'));
  request.method = "PUT";
  request.headers = {{"webhook-id", "abc"}, {"x-empty", ""}};
  CHECK(ask(client, request).status == 200);
  auto got = seen.get_future().get();
  CHECK(got.head.starts_with("PUT /put?x=1 HTTP/1.1\r\n"));
  CHECK(got.head.find("webhook-id: abc\r\n") != std::string::npos);
  CHECK(got.head.find("x-empty:\r\n") != std::string::npos);
  CHECK(got.head.find("User-Agent: carillon/test\r\n") != std::string::npos);
  CHECK(got.head.find("Expect") == std::string::npos);
  CHECK(got.head.find("Content-Type") == std::string::npos);
  CHECK(got.body.size() == 2'000'000);
}

TEST_CASE("headers of the answer have lower-case names; those of informational answers are dropped") {
  tcp_server vendor{always("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                           "HTTP/1.1 429 Slow Down\r\nRetry-After:  7 \r\nContent-Length: 0\r\n\r\n")};
  curl_client client{{}};
  auto answer = ask(client, post(vendor.url("http")));
  CHECK(answer.status == 429);
  REQUIRE(answer.headers.size() == 2);
  CHECK(answer.headers[0].name == "retry-after");
  CHECK(answer.headers[0].value == "7");
}

TEST_CASE("headers beyond the bound are dropped, the answer stands") {
  std::string response = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 150; ++i)
    response += "X-" + std::to_string(i) + ": v\r\n";
  tcp_server vendor{always(response + "Content-Length: 0\r\n\r\n")};
  curl_client client{{}};
  auto answer = ask(client, post(vendor.url("http")));
  CHECK(answer.status == 200);
  CHECK(answer.headers.size() == answer_bounds::headers);
}

TEST_CASE("a body beyond the bound is cut, the answer stands") {
  tcp_server vendor{always(ok_response(std::string(300'000, 'x')))};
  curl_client client{{}};
  auto answer = ask(client, post(vendor.url("http")));
  CHECK(answer.why == failure::none);
  CHECK(answer.body == std::string(answer_bounds::body_bytes, 'x'));
}

TEST_CASE("an endless body is hung up on, the answer stands") {
  tcp_server vendor{[](connection& peer) {
    read_request(peer);
    peer.write("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.write(std::string(65'536, 'x'))) {
    }
  }};
  curl_client client{{}};
  auto answer = ask(client, post(vendor.url("http")));
  CHECK(answer.why == failure::none);
  CHECK(answer.status == 200);
  CHECK(answer.body.size() == answer_bounds::body_bytes);
}

TEST_CASE("a body that breaks off does not undo its status") {
  tcp_server vendor{[](connection& peer) {
    read_request(peer);
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  }};
  curl_client client{{}};
  auto answer = ask(client, post(vendor.url("http")));
  CHECK(answer.why == failure::none);
  CHECK(answer.status == 200);
  CHECK(answer.body == "half");
}

TEST_CASE("a redirect is an answer and not followed") {
  tcp_server elsewhere{always(ok_response())};
  tcp_server vendor{
    always("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url("http") + "\r\nContent-Length: 0\r\n\r\n")};
  curl_client client{{}};
  CHECK(ask(client, post(vendor.url("http"))).status == 302);
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("silence after the request is no_answer") {
  tcp_server vendor{[](connection& peer) { peer.wait_for_end(); }};
  curl_client client{{}};
  auto answer = ask(client, hurried(vendor.url("http")));
  CHECK(answer.why == failure::no_answer);
  CHECK(answer.status == 0);
  CHECK(answer.detail.find("no answer") != std::string::npos);
}

TEST_CASE("a refused connection is not_sent") {
  curl_client client{{}};
  auto answer = ask(client, post("http://127.0.0.1:" + std::to_string(closed_port())));
  CHECK(answer.why == failure::not_sent);
  CHECK(answer.detail.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("a connection that breaks after the request is no_answer") {
  for (bool by_reset : {false, true}) {
    tcp_server vendor{[&](connection& peer) {
      read_request(peer);
      if (by_reset)
        peer.reset();
    }};
    curl_client client{{}};
    CHECK(ask(client, post(vendor.url("http"))).why == failure::no_answer);
    CHECK(vendor.connections() == 1);
  }
}

TEST_CASE("a used connection that breaks after the request is no_answer; libcurl does not repeat the request") {
  std::atomic<int> requests = 0;
  tcp_server vendor{[&](connection& peer) {
    for (auto* reply : {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""})
      if (read_request(peer)) {
        ++requests;
        peer.write(reply);
      }
  }};
  curl_client client{{}};
  CHECK(ask(client, post(vendor.url("http"))).status == 200);
  CHECK(ask(client, post(vendor.url("http"))).why == failure::no_answer);
  CHECK(requests == 2);
}

TEST_CASE("a server that speaks no TLS is a tls failure") {
  tcp_server vendor{[](connection& peer) {
    peer.read_bytes(1);
    peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  }};
  curl_client client{{}};
  CHECK(ask(client, post(vendor.url("https"))).why == failure::tls);
}

TEST_CASE("what cannot be put on the wire is not_sent and says why") {
  curl_client client{{}};
  auto broken = post("http://127.0.0.1:1/");
  broken.headers = {{"x-note", "a\r\nx-forged: b"}};
  CHECK(ask(client, broken).detail.find("x-note") != std::string::npos);
  auto odd = post("http://127.0.0.1:1/");
  odd.method = "CONNECT";
  CHECK(ask(client, odd).detail.find("method") != std::string::npos);
  for (std::string url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "nonsense url", ""}) {
    INFO(url);
    CHECK(ask(client, post(url)).why == failure::not_sent);
  }
}

TEST_CASE("a guarded call reaches no loopback address, by number or by name") {
  tcp_server inside{always(ok_response())};
  curl_client client{{}};
  auto port = std::to_string(inside.port());
  for (auto& host : {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
    INFO(host);
    auto answer = ask(client, guarded(std::string{"http://"} + host + ":" + port + "/"));
    CHECK(answer.why == failure::refused_address);
    CHECK(answer.detail.find("[egress] allow") != std::string::npos);
  }
  CHECK(inside.connections() == 0);
}

TEST_CASE("a guarded call does not use a connection of a trusted one") {
  tcp_server inside{always(ok_response())};
  curl_client client{{}};
  CHECK(ask(client, post(inside.url("http"))).status == 200);
  CHECK(ask(client, guarded(inside.url("http"))).why == failure::refused_address);
  CHECK(inside.connections() == 1);
}

TEST_CASE("a guarded call reaches what the allow list permits") {
  tcp_server inside{always(ok_response())};
  client_settings settings;
  settings.guard = *egress_policy::parse(std::vector<std::string>{"127.0.0.0/8"});
  curl_client client{settings};
  CHECK(ask(client, guarded(inside.url("http"))).status == 200);
}

TEST_CASE("a proxy in the environment leads no guarded call round the guard") {
  tcp_server proxy{always(ok_response())};
  REQUIRE(::setenv("http_proxy", proxy.url("http").c_str(), 1) == 0);
  curl_client client{{}};
  CHECK(ask(client, guarded("http://127.0.0.1:" + std::to_string(proxy.port()))).why == failure::refused_address);
  ::unsetenv("http_proxy");
  CHECK(proxy.connections() == 0);
}

TEST_CASE("guarded calls go through the egress proxy where one is set") {
  tcp_server proxy{always(ok_response("by proxy"))};
  client_settings settings;
  settings.proxy = proxy.url("http");
  curl_client client{settings};
  CHECK(ask(client, guarded("http://hooks.example.invalid/x")).body == "by proxy");
}

TEST_CASE("many calls at once keep to the connection bound and each is answered once") {
  tcp_server vendor{always(ok_response())};
  client_settings settings;
  settings.max_host_connections = 10;
  curl_client client{settings};
  std::vector<pending_answer> answers;
  for (int i = 0; i < 200; ++i)
    answers.push_back(begin(client, post(vendor.url("http"))));
  for (auto& answer : answers)
    CHECK(answer.get().status == 200);
  CHECK(vendor.connections() <= 10);
}

TEST_CASE("answers come on the client's own thread, which has its name") {
  tcp_server vendor{always(ok_response())};
  client_settings settings;
  settings.thread_name = "crit-client";
  curl_client client{settings};
  std::promise<std::string> name;
  client.call(post(vendor.url("http")), [&](wire_answer) {
    char text[16] = {};
    pthread_getname_np(pthread_self(), text, sizeof text);
    name.set_value(text);
  });
  CHECK(name.get_future().get() == "crit-client");
}

TEST_CASE("an answer's receiver may begin the next call") {
  tcp_server vendor{always(ok_response())};
  curl_client client{{}};
  pending_answer second;
  client.call(post(vendor.url("http")), [&](wire_answer) { client.call(post(vendor.url("http")), second.receiver()); });
  CHECK(second.get().status == 200);
}

TEST_CASE("the end of the client answers every call by how far it came") {
  std::promise<void> arrived;
  tcp_server vendor{[&](connection& peer) {
    read_request(peer);
    arrived.set_value();
    peer.wait_for_end();
  }};
  client_settings settings;
  settings.max_host_connections = 1;
  auto client = std::make_unique<curl_client>(settings);
  auto on_the_wire = begin(*client, post(vendor.url("http")));
  arrived.get_future().get();
  auto without_connection = begin(*client, post(vendor.url("http")));
  client.reset();
  CHECK(on_the_wire.get().why == failure::no_answer);
  CHECK(without_connection.get().why == failure::not_sent);
}
