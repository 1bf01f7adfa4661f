// HTTP as it must not be: sizes, times, and forms that two servers read differently.
#include <catch2/generators/catch_generators.hpp>

#include "tests/http/server_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

const std::string post_line = "POST /v1/notifications HTTP/1.1\r\nHost: t\r\n";
const std::string get_line = "GET /healthz HTTP/1.1\r\nHost: t\r\n";

reply_text raw(running_server& at, const std::string& bytes) {
  auto c = at.connect();
  c.send(bytes);
  return c.read();
}

std::string chunked(const std::string& body, std::size_t piece) {
  std::string out;
  for (std::size_t i = 0; i < body.size(); i += piece) {
    char size[20];
    auto part = body.substr(i, piece);
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    out += size + part + "\r\n";
  }
  return out + "0\r\n\r\n";
}

} // namespace

TEST_CASE("what is not HTTP/1.1 as it should be is refused and the connection ends") {
  struct row {
    int status;
    std::string bytes;
  };
  auto r = GENERATE(
    row{400, "nonsense\r\n\r\n"}, row{400, "GET /healthz\r\n\r\n"},
    row{400, "GET  /healthz HTTP/1.1\r\nHost: t\r\n\r\n"}, row{400, get_line + "bad header line\r\n\r\n"},
    row{400, get_line + "X : 1\r\n\r\n"}, row{400, get_line + "X: a\r\n b\r\n\r\n"},
    row{400, get_line + "X: a\r\n\tb\r\n\r\n"}, row{400, get_line + "X: a\nY: b\r\n\r\n"},
    row{400, get_line + std::string{"X: a\0b\r\n\r\n", 10}}, row{400, get_line + "Host: other\r\n\r\n"},
    row{400, "GET /healthz HTTP/1.1\r\n\r\n"},
    row{400, post_line + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    row{400, post_line + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
    row{400, post_line + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxx"},
    row{400, post_line + "Content-Length: 5, 6\r\n\r\nxxxxx"}, row{400, post_line + "Content-Length: -1\r\n\r\n"},
    row{400, post_line + "Content-Length: 1x\r\n\r\n"}, row{400, post_line + "Content-Length: \r\n\r\n"},
    row{400, post_line + "Content-Length: 99999999999999999999\r\n\r\n"},
    row{400, post_line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    row{501, post_line + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    row{501, post_line + "Transfer-Encoding: identity\r\n\r\n"},
    row{400, "POST /v1/notifications HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    row{400, post_line + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
    row{400, post_line + "Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n"},
    row{400, "GET /healthz HTTP/1\r\nHost: t\r\n\r\n"}, row{400, "GET /healthz http/1.1\r\nHost: t\r\n\r\n"},
    row{404, "GET /v1/users/ HTTP/1.1\r\nHost: t\r\n\r\n"}, row{400, get_line + "If-Match: \r\n\r\n"},
    row{400, "GET /v1/notifications?limit=1&limit=2 HTTP/1.1\r\nHost: t\r\n\r\n"},
    row{400, post_line + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n"},
    row{400, post_line + "Authorization: a\r\nAuthorization: b\r\nContent-Length: 0\r\n\r\n"},
    row{505, "GET /healthz HTTP/2.0\r\nHost: t\r\n\r\n"}, row{505, "GET /healthz HTTP/3.0\r\nHost: t\r\n\r\n"},
    row{501, "BREW /healthz HTTP/1.1\r\nHost: t\r\n\r\n"}, row{501, "CONNECT t:1 HTTP/1.1\r\nHost: t\r\n\r\n"},
    row{405, "TRACE /healthz HTTP/1.1\r\nHost: t\r\n\r\n"}, row{404, "TRACE / HTTP/1.1\r\nHost: t\r\n\r\n"},
    row{501, "QUERY /healthz HTTP/1.1\r\nHost: t\r\n\r\n"},
    row{400, "GET http://t/healthz HTTP/1.1\r\nHost: t\r\n\r\n"},
    row{400, "GET /v1/users/%zz HTTP/1.1\r\nHost: t\r\n\r\n"},
    row{400, "GET /v1/users/%ff HTTP/1.1\r\nHost: t\r\n\r\n"},
    row{400, "GET /v1/users/a%00 HTTP/1.1\r\nHost: t\r\n\r\n"}, row{411, post_line + "\r\n"},
    row{414, "GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n"},
    row{414, "GET /" + std::string(20'000, 'x')}, row{431, get_line + "X: " + std::string(17'000, 'x') + "\r\n\r\n"},
    row{431, get_line + "X: " + std::string(30'000, 'x')});
  CAPTURE(r.bytes.substr(0, 120));
  running_server at;
  at.start();
  auto c = at.connect();
  c.send(r.bytes);
  auto answer = c.read();
  CHECK(answer.status == r.status);
  CHECK(answer.field("Content-Type") == "application/problem+json");
  CHECK(at.engine.submitted.empty());
}

TEST_CASE("101 header fields are too many, 100 are not") {
  running_server at;
  at.start();
  auto with = [](int count) {
    std::string fields;
    for (int i = 1; i < count; ++i)
      fields += "X-" + std::to_string(i) + ": 1\r\n";
    return get_line + fields + "\r\n";
  };
  CHECK(raw(at, with(100)).status == 200);
  CHECK(raw(at, with(101)).status == 431);
}

TEST_CASE("a chunked body is put together, in any pieces") {
  running_server at;
  at.start();
  for (std::size_t piece : {1, 7, 1000}) {
    auto c = at.connect();
    c.send(post_line + "Transfer-Encoding: chunked\r\n\r\n" + chunked(good_body, piece));
    CHECK(c.read().status == 202);
    CHECK(c.call("GET", "/healthz").status == 200);
  }
}

TEST_CASE("a body is too large by its length before it is read, or while it comes") {
  auto config = fake_engine::default_test_options();
  config.server.max_body = 1024;
  running_server at{config};
  at.start();
  auto announced = raw(at, post_line + "Content-Length: 1025\r\n\r\n");
  CHECK(announced.status == 413);
  CHECK(announced.field("Connection") == "close");
  CHECK(raw(at, post_line + "Transfer-Encoding: chunked\r\n\r\n" + chunked(std::string(1025, 'x'), 100)).status == 413);
  CHECK(raw(at, post_line + "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n").status == 413);
  auto padded = good_body + std::string(1024 - good_body.size(), ' ');
  CHECK(at.connect().call("POST", "/v1/notifications", padded).status == 202);
}

TEST_CASE("Expect: 100-continue is answered before the body comes") {
  running_server at;
  at.start();
  auto c = at.connect();
  c.send(post_line + "Expect: 100-continue\r\nContent-Length: " + std::to_string(good_body.size()) + "\r\n\r\n");
  CHECK(c.read().status == 100);
  c.send(good_body);
  CHECK(c.read().status == 202);
}

TEST_CASE("a request that is refused by its head gets no 100-continue") {
  running_server at;
  at.start();
  auto c = at.connect();
  c.send("POST /v1/nothing HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
  CHECK(c.read().status == 404);
  CHECK(c.closed());
}

TEST_CASE("a request that is refused by its head keeps its connection") {
  running_server at;
  at.start();
  auto c = at.connect();
  CHECK(c.call("POST", "/v1/nothing", good_body).status == 404);
  CHECK(c.call("POST", "/v1/notifications", good_body).status == 202);
}

TEST_CASE("the media type of a body is checked") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto typed = [&](const std::string& path, const std::string& fields) {
    return c.call("POST", path, good_body, fields).status;
  };
  CHECK(typed("/v1/notifications", "Content-Type: Application/JSON; charset=utf-8\r\n") == 202);
  CHECK(typed("/v1/notifications", "") == 202);
  CHECK(typed("/v1/notifications", "Content-Encoding: identity\r\n") == 202);
  CHECK(typed("/v1/notifications", "Content-Type: text/plain\r\n") == 415);
  CHECK(typed("/v1/notifications", "Content-Type: application/x-ndjson\r\n") == 415);
  CHECK(typed("/v1/notifications", "Content-Encoding: gzip\r\n") == 415);
  CHECK(typed("/v1/notifications/batch", "Content-Type: application/x-ndjson\r\n") == 202);
}

TEST_CASE("HTTP/1.0 closes unless it asks to stay") {
  running_server at;
  at.start();
  auto once = at.connect();
  once.send("GET /healthz HTTP/1.0\r\n\r\n");
  CHECK(once.read().field("Connection") == "close");
  CHECK(once.closed());
  auto stays = at.connect();
  stays.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(stays.read().field("Connection") == "keep-alive");
  CHECK(stays.call("GET", "/healthz").status == 200);
}

TEST_CASE("Connection: close is kept to") {
  running_server at;
  at.start();
  auto c = at.connect();
  CHECK(c.call("GET", "/healthz", "", "Connection: close\r\n").field("Connection") == "close");
  CHECK(c.closed());
}

TEST_CASE("a head that comes too slowly is answered with 408 and closed") {
  auto config = fake_engine::default_test_options();
  config.server.header_timeout = std::chrono::milliseconds{40};
  running_server at{config};
  at.start();
  auto c = at.connect();
  c.send("GET /healthz HTTP/1.1\r\nHo");
  CHECK(c.read().status == 408);
  CHECK(c.closed());
}

TEST_CASE("a body that comes too slowly is answered with 408 and closed") {
  auto config = fake_engine::default_test_options();
  config.server.body_timeout = std::chrono::milliseconds{40};
  running_server at{config};
  at.start();
  auto c = at.connect();
  c.send(post_line + "Content-Length: 100\r\n\r\n{");
  CHECK(c.read().status == 408);
  CHECK(c.closed());
}

TEST_CASE("a connection at rest is closed without a word") {
  auto config = fake_engine::default_test_options();
  config.server.idle_timeout = std::chrono::milliseconds{40};
  running_server at{config};
  at.start();
  auto c = at.connect();
  REQUIRE(c.call("GET", "/healthz").status == 200);
  CHECK(c.closed());
}

TEST_CASE("a slow client holds nobody up") {
  running_server at;
  at.start();
  auto slow_head = at.connect(), slow_body = at.connect();
  slow_head.send("POST /v1/notif");
  slow_body.send(post_line + "Content-Length: 100\r\n\r\n{");
  for (int i = 0; i < 5; ++i)
    CHECK(at.connect().call("POST", "/v1/notifications", good_body).status == 202);
}

TEST_CASE("a request may come byte by byte") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto all = post_line + "Content-Length: " + std::to_string(good_body.size()) + "\r\n\r\n" + good_body;
  for (char byte : all)
    c.send({&byte, 1});
  CHECK(c.read().status == 202);
}

TEST_CASE("a client that goes away while it waits harms nobody") {
  running_server at;
  at.engine.hold = true;
  at.start();
  {
    auto c = at.connect();
    c.send(post_line + "Content-Length: " + std::to_string(good_body.size()) + "\r\n\r\n" + good_body);
    REQUIRE(at.engine.wait_submitted(1));
  }
  at.engine.release_one();
  at.engine.hold = false;
  CHECK(at.connect().call("POST", "/v1/notifications", good_body).status == 202);
}
