// The server over real sockets: connections, lanes, the door and the shape of answers.
#include <future>
#include <pthread.h>

#include "tests/http/server_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

std::string thread_name() {
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof name);
  return name;
}

/// Remembers which thread had each request's body.
struct body_threads {
  explicit body_threads(http_server& server) {
    server.on_body([this](const http::request&) {
      std::scoped_lock guard{mutex};
      names.push_back(thread_name());
    });
  }
  std::string last() {
    std::scoped_lock guard{mutex};
    return names.empty() ? "" : names.back();
  }
  std::mutex mutex;
  std::vector<std::string> names;
};

const std::string urgent_body =
  R"({"user_id":"u_1","type":"alarm","priority":"critical","content":{"title":"t","body":"b"}})";

std::string post_text(const std::string& body) {
  return "POST /v1/notifications HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n"
         + body;
}

} // namespace

TEST_CASE("a notification is accepted with its id, lane and location") {
  running_server at;
  at.start();
  auto answer = at.connect().call("POST", "/v1/notifications", good_body);
  REQUIRE(answer.status == 202);
  auto body = answer.json();
  CHECK(body["status"] == "accepted");
  CHECK(body["lane"] == "bulk");
  CHECK(answer.field("Location") == "/v1/notifications/" + body["id"].get<std::string>());
  CHECK(answer.field("Content-Type") == "application/json");
  CHECK_FALSE(answer.field("Date").empty());
}

TEST_CASE("many requests share a connection") {
  running_server at;
  at.start();
  auto c = at.connect();
  for (int i = 0; i < 20; ++i)
    REQUIRE(c.call("POST", "/v1/notifications", good_body).status == 202);
  CHECK(at.engine.submitted.size() == 20);
}

TEST_CASE("pipelined requests are answered in order") {
  running_server at;
  at.start();
  auto c = at.connect();
  std::string all;
  for (int i = 0; i < 5; ++i)
    all += post_text(good_body) + "GET /v1/users/nobody_" + std::to_string(i) + " HTTP/1.1\r\nHost: t\r\n\r\n";
  c.send(all);
  for (int i = 0; i < 5; ++i) {
    CHECK(c.read().status == 202);
    CHECK(c.read().status == 404);
  }
}

TEST_CASE("a bulk request's body is read by the bulk pool") {
  running_server at;
  body_threads seen{at.server};
  at.start();
  REQUIRE(at.connect().call("POST", "/v1/notifications", good_body).status == 202);
  CHECK(seen.last() == "bulk-http");
}

TEST_CASE("Priority u=0 and u=1 keep a request on the critical pool") {
  running_server at;
  body_threads seen{at.server};
  at.start();
  for (std::string value : {"u=0", "u=1", "i, u=1", "u=1;x=2"}) {
    CAPTURE(value);
    REQUIRE(at.connect().call("POST", "/v1/notifications", urgent_body, "Priority: " + value + "\r\n").status == 202);
    CHECK(seen.last() == "crit-http");
  }
  for (std::string value : {"u=2", "u=3, i", "u=01", "x=u=1", "u=10", ""}) {
    CAPTURE(value);
    REQUIRE(at.connect().call("POST", "/v1/notifications", urgent_body, "Priority: " + value + "\r\n").status == 202);
    CHECK(seen.last() == "bulk-http");
  }
}

TEST_CASE("a connection moves between the pools as its requests say") {
  running_server at;
  body_threads seen{at.server};
  at.start();
  auto c = at.connect();
  for (int i = 0; i < 10; ++i) {
    REQUIRE(c.call("POST", "/v1/notifications", good_body).status == 202);
    CHECK(seen.last() == "bulk-http");
    REQUIRE(c.call("POST", "/v1/notifications", good_body, "Priority: u=1\r\n").status == 202);
    CHECK(seen.last() == "crit-http");
  }
}

TEST_CASE("bytes that came with the head move along, pipelined ones too") {
  running_server at;
  body_threads seen{at.server};
  at.start();
  auto c = at.connect();
  auto urgent = post_text(urgent_body);
  urgent.insert(urgent.find("\r\n") + 2, "Priority: u=0\r\n");
  c.send(post_text(good_body) + urgent + post_text(good_body));
  for (int i = 0; i < 3; ++i)
    CHECK(c.read().status == 202);
  CHECK(seen.names == std::vector<std::string>{"bulk-http", "crit-http", "bulk-http"});
}

TEST_CASE("a key bound to the critical lane is served there") {
  running_server at;
  at.engine.config_.auth.required = true;
  auto wanted = admin_key_template();
  wanted.lane = lane::critical;
  auto made = make_key(wanted, at.engine.time.at);
  at.engine.control_.keys.push_back(made.kept);
  body_threads seen{at.server};
  http_server fresh{at.engine, at.engine.config_}; // reads `required` when it is made
  body_threads threads{fresh};
  REQUIRE(fresh.start());
  client c{fresh.port()};
  CHECK(c.call("POST", "/v1/notifications", good_body, "Authorization: Bearer " + made.text + "\r\n").status == 202);
  CHECK(threads.last() == "crit-http");
  CHECK(c.call("POST", "/v1/notifications", good_body).status == 401);
}

TEST_CASE("what only the body shows to be critical is read by bulk and submitted to critical") {
  running_server at;
  body_threads seen{at.server};
  at.start();
  auto answer = at.connect().call("POST", "/v1/notifications", urgent_body);
  CHECK(answer.json()["lane"] == "critical");
  CHECK(seen.last() == "bulk-http");
  CHECK(at.engine.submitted.front().lane == lane::critical);
}

TEST_CASE("past accept_queue requests wait outside the engine, past door_queue they are refused") {
  auto config = fake_engine::default_test_options();
  config.lanes[lane::bulk].accept_queue = 2;
  config.lanes[lane::bulk].door_queue = 1;
  running_server at{config};
  at.engine.hold = true;
  at.start();
  std::vector<std::unique_ptr<client>> waiting;
  for (int i = 0; i < 2; ++i)
    waiting.emplace_back(std::make_unique<client>(at.server.port()))->send(post_text(good_body));
  REQUIRE(at.engine.wait_submitted(2));
  auto third = at.connect(), fourth = at.connect();
  // Of two more one waits and one is refused; which is first is the network's choice.
  third.send(post_text(good_body));
  fourth.send(post_text(good_body));
  auto refused = std::async(std::launch::async, [&] { return third.read(); });
  auto other = std::async(std::launch::async, [&] { return fourth.read(); });
  std::future<reply_text>* answered = nullptr;
  while (!answered)
    for (auto* f : {&refused, &other})
      if (f->wait_for(std::chrono::milliseconds{5}) == std::future_status::ready)
        answered = f;
  auto no = answered->get();
  CHECK(no.status == 503);
  CHECK(no.code() == "overloaded");
  CHECK(no.field("Retry-After") == "1");
  CHECK(at.engine.submitted.size() == 2);
  at.engine.release_one();
  REQUIRE(at.engine.wait_submitted(3));
  at.engine.release_one();
  at.engine.release_one();
  CHECK((answered == &refused ? other : refused).get().status == 202);
}

TEST_CASE("a full bulk door does not touch critical requests") {
  auto config = fake_engine::default_test_options();
  config.lanes[lane::bulk].accept_queue = 1;
  running_server at{config};
  at.engine.hold = true;
  at.start();
  auto stuck = at.connect();
  stuck.send(post_text(good_body));
  REQUIRE(at.engine.wait_submitted(1));
  {
    std::scoped_lock guard{at.engine.mutex};
    at.engine.hold = false;
  }
  CHECK(at.connect().call("POST", "/v1/notifications", urgent_body, "Priority: u=0\r\n").status == 202);
  CHECK(at.connect().call("GET", "/v1/users/nobody").status == 404);
  at.engine.release_one();
  CHECK(stuck.read().status == 202);
}

TEST_CASE("what is not durable within accept_deadline is refused; the late answer is dropped") {
  auto config = fake_engine::default_test_options();
  config.server.accept_deadline = std::chrono::milliseconds{50};
  running_server at{config};
  at.engine.hold = true;
  at.start();
  auto c = at.connect();
  auto answer = c.call("POST", "/v1/notifications", good_body);
  CHECK(answer.status == 503);
  CHECK(answer.code() == "store_unavailable");
  CHECK_FALSE(answer.field("Retry-After").empty());
  at.engine.hold = false;
  at.engine.release_one();
  CHECK(c.call("POST", "/v1/notifications", good_body).status == 202);
}

TEST_CASE("a request the engine loses is answered") {
  running_server at;
  at.engine.hold = true;
  at.start();
  auto c = at.connect();
  c.send(post_text(good_body));
  REQUIRE(at.engine.wait_submitted(1));
  {
    std::scoped_lock guard{at.engine.mutex};
    at.engine.held.clear();
  }
  CHECK(c.read().code() == "overloaded");
}

TEST_CASE("errors are problems with every member, and counted by reason") {
  running_server at;
  at.start();
  auto answer = at.connect().call("POST", "/v1/notifications", R"({"type":1})");
  REQUIRE(answer.status == 422);
  CHECK(answer.field("Content-Type") == "application/problem+json");
  auto body = answer.json();
  for (auto* name : {"type", "title", "status", "code", "detail", "request_id", "errors"})
    CHECK(body.contains(name));
  CHECK(body["status"] == 422);
  CHECK(body["code"] == "invalid_request");
  CHECK(body["request_id"] == answer.field("X-Request-Id"));
  CHECK(body["errors"][0]["pointer"] == "/user_id");
  CHECK(at.engine.telemetry_.rejections == std::vector<std::string>{"invalid_request"});
}

TEST_CASE("the engine's errors and replays reach the caller") {
  running_server at;
  at.start();
  auto c = at.connect();
  at.engine.refuse_with = fault{errc::rate_limited, "per_user", {}, std::chrono::milliseconds{1500}, 5};
  auto limited = c.call("POST", "/v1/notifications", good_body);
  CHECK(limited.status == 429);
  CHECK(limited.field("Retry-After") == "2");
  CHECK(limited.field("RateLimit-Limit") == "5");
  CHECK(limited.field("RateLimit-Remaining") == "0");
  CHECK(limited.field("RateLimit-Reset") == "2");
  at.engine.refuse_with = fault{errc::storage_full, "no space"};
  CHECK(c.call("POST", "/v1/notifications", good_body).status == 507);
  at.engine.refuse_with.reset();
  at.engine.replay = true;
  CHECK(c.call("POST", "/v1/notifications", good_body).field("Idempotent-Replayed") == "true");
}

TEST_CASE("a caller's request id is used where it is sane, and travels with the request") {
  running_server at;
  at.start();
  auto c = at.connect();
  CHECK(c.call("POST", "/v1/notifications", good_body, "X-Request-Id: abc-1\r\n").field("X-Request-Id") == "abc-1");
  CHECK(at.engine.submitted.back().correlation_id == "abc-1");
  for (auto bad : {std::string(129, 'x'), std::string{"a b"}, std::string{"\xc3\xbc"}}) {
    auto id = c.call("POST", "/v1/notifications", good_body, "X-Request-Id: " + bad + "\r\n").field("X-Request-Id");
    CHECK(id != bad);
    CHECK(parse_uuid(id));
  }
}

TEST_CASE("the Idempotency-Key header becomes the claim") {
  running_server at;
  at.start();
  auto c = at.connect();
  REQUIRE(c.call("POST", "/v1/notifications", good_body, "Idempotency-Key: k 1\r\n").status == 202);
  CHECK(at.engine.submitted.back().claim->key == "k 1");
  auto twice = c.call("POST", "/v1/notifications", good_body, "Idempotency-Key: a\r\nIdempotency-Key: b\r\n");
  CHECK(twice.status == 400);
}

TEST_CASE("HEAD answers a GET's headers without its body") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto head = c.call("HEAD", "/healthz");
  CHECK(head.status == 200);
  CHECK(head.field("Content-Length") == std::to_string(c.call("GET", "/healthz").body.size()));
}

TEST_CASE("OPTIONS and wrong methods name what a path takes") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto options = c.call("OPTIONS", "/v1/users/u");
  CHECK(options.status == 204);
  CHECK(options.field("Allow") == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
  auto wrong = c.call("DELETE", "/v1/notifications");
  CHECK(wrong.status == 405);
  CHECK(wrong.code() == "method_not_allowed");
  CHECK(wrong.field("Allow") == "POST, GET, HEAD, OPTIONS");
  CHECK(c.call("TRACE", "/v1/users/u").field("Allow") == options.field("Allow"));
  CHECK(c.call("OPTIONS", "*").status == 204);
  CHECK(c.call("GET", "/v1/notifications/batch").status == 405);
}

TEST_CASE("the admin listener serves health and metrics and nothing else") {
  running_server at;
  at.start();
  client admin{at.server.admin_port()};
  CHECK(admin.call("GET", "/healthz").status == 200);
  CHECK(admin.call("GET", "/readyz").status == 200);
  auto metrics = admin.call("GET", "/metrics");
  CHECK(metrics.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(admin.call("POST", "/v1/notifications", good_body).status == 404);
  CHECK(at.connect().call("GET", "/metrics").status == 404);
}

TEST_CASE("readiness tells what is wrong") {
  running_server at;
  at.engine.state = {false, {{"store", "the disk is full"}}};
  at.start();
  auto answer = at.connect().call("GET", "/readyz");
  CHECK(answer.status == 503);
  CHECK(answer.json()["problems"][0]["detail"] == "the disk is full");
}

TEST_CASE("a port in use is named with its setting") {
  running_server first;
  first.start();
  auto config = fake_engine::default_test_options();
  config.server.listen = "127.0.0.1:" + std::to_string(first.server.port());
  running_server second{config};
  auto started = second.server.start();
  REQUIRE_FALSE(started);
  CHECK(started.error().detail.find(config.server.listen) != std::string::npos);
  CHECK(started.error().detail.find("listen") != std::string::npos);
}

TEST_CASE("a drain closes connections at rest and finishes what was begun") {
  running_server at;
  at.engine.hold = true;
  at.start();
  auto idle = at.connect(), busy = at.connect();
  REQUIRE(idle.call("GET", "/healthz").status == 200);
  busy.send(post_text(good_body));
  REQUIRE(at.engine.wait_submitted(1));
  at.server.stop_accepting();
  CHECK(idle.closed());
  CHECK_FALSE(at.server.drain(std::chrono::steady_clock::now() + std::chrono::milliseconds{20}));
  at.engine.release_one();
  auto answer = busy.read();
  CHECK(answer.status == 202);
  CHECK(answer.field("Connection") == "close");
  CHECK(at.server.drain(std::chrono::steady_clock::now() + std::chrono::seconds{5}));
}

TEST_CASE("an answer that comes after the server stopped is dropped") {
  auto at = std::make_unique<running_server>();
  at->engine.hold = true;
  at->start();
  auto c = at->connect();
  c.send(post_text(good_body));
  REQUIRE(at->engine.wait_submitted(1));
  at->server.stop();
  at->engine.release_one();
  CHECK(c.read().status == 0);
}
