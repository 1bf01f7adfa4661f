// How many connections there may be, and how long they may do nothing.
#include "tests/http/server_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

TEST_CASE("past max_connections a client is told and sent away") {
  auto config = fake_engine::default_test_options();
  config.server.max_connections = 1;
  running_server at{config};
  at.start();
  auto first = at.connect();
  REQUIRE(first.call("GET", "/healthz").status == 200);
  auto second = at.connect();
  second.send("POST /v1/notifications HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"); // on its way when it is told
  auto answer = second.read();
  CHECK(answer.status == 503);
  CHECK(answer.code() == "overloaded");
  CHECK(answer.field("Retry-After") == "1");
  CHECK(second.closed());
  CHECK(first.call("GET", "/healthz").status == 200);
  CHECK(client{at.server.admin_port()}.call("GET", "/metrics").status == 200);
}

TEST_CASE("a first request has its time from the beginning of the connection") {
  auto config = fake_engine::default_test_options();
  config.server.header_timeout = std::chrono::milliseconds{200};
  running_server at{config};
  at.start();
  auto begun = std::chrono::steady_clock::now();
  auto silent = at.connect();
  CHECK(silent.closed());
  auto slow = at.connect();
  slow.send("GET /healthz HTTP/1.1\r\n");
  CHECK(slow.read().status == 408);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{5});
}

TEST_CASE("a client that reads no answers is closed in time") {
  auto config = fake_engine::default_test_options();
  config.server.idle_timeout = std::chrono::milliseconds{200};
  running_server at{config};
  at.start();
  auto deaf = at.connect();
  std::string many;
  for (int i = 0; i < 2'000; ++i)
    many += "GET /openapi.json HTTP/1.1\r\nHost: t\r\n\r\n";
  CHECK_THROWS([&] { // the server stops reading, and after its time it hangs up
    for (int i = 0; i < 2'000; ++i)
      deaf.send(many);
  }());
}
