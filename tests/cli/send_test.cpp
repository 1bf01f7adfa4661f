#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/fake_api.hpp"
#include "tests/cli/terminal.hpp"

using carillon::test::fake_api;
using carillon::test::scratch_folder;
using carillon::test::terminal;
using nlohmann::json;

namespace {
const char* receipt = R"({"id": "n-1", "status": "accepted", "lane": "bulk"})";
}

TEST_CASE("send makes the API's request out of its arguments") {
  fake_api api;
  api.answer("POST /v1/notifications", 202, receipt);
  terminal t;
  CHECK(t.run({"send",
               "--user",
               "u_1",
               "--type",
               "order_shipped",
               "--channel",
               "email,sms",
               "--channel",
               "in_app",
               "--title",
               "Shipped",
               "--body",
               "On its way.",
               "--data",
               R"({"order": "A123"})",
               "--email",
               "a@b.org",
               "--phone",
               "+491234",
               "--priority",
               "high",
               "--send-at",
               "2026-05-02T08:00:00Z",
               "--idempotency-key",
               "k-1",
               "--server",
               api.url()})
        == 0);
  CHECK(t.out == "accepted  n-1  lane bulk\nwhat becomes of it:  carillon status n-1\n");
  const auto asked = api.requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].head.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(json::parse(asked[0].body) == json::parse(R"({
    "user_id": "u_1", "type": "order_shipped", "channels": ["email", "sms", "in_app"], "priority": "high",
    "content": {"title": "Shipped", "body": "On its way.", "data": {"order": "A123"}},
    "to": {"email": "a@b.org", "phone": "+491234"}, "send_at": "2026-05-02T08:00:00Z", "idempotency_key": "k-1"})"));
}

TEST_CASE("send without a text sends a greeting") {
  fake_api api;
  api.answer("POST /v1/notifications", 202, receipt);
  terminal t;
  CHECK(t.run({"send", "--user", "u_1", "--type", "welcome", "--json", "--server", api.url()}) == 0);
  CHECK(json::parse(t.out) == json::parse(receipt));
  CHECK(json::parse(api.requests().at(0).body)["content"]["title"] == "Hello from carillon");
}

TEST_CASE("send --wait shows what became of it and fails where it was not sent") {
  fake_api api;
  api.answer("POST /v1/notifications", 202, receipt);
  api.answer("GET /v1/notifications/n-1", 200, R"({"id": "n-1", "status": "processing"})");
  api.answer("GET /v1/notifications/n-1", 200, R"({"id": "n-1", "status": "failed"})");
  terminal t;
  t.patience = 5;
  CHECK(t.run({"send", "--user", "u_1", "--type", "welcome", "--wait", "--server", api.url()}) == 1);
  CHECK(t.out.starts_with("n-1  failed\n"));
}

TEST_CASE("text that is not UTF-8 is bad usage, before anything is sent") {
  fake_api api;
  terminal t;
  CHECK(t.run({"send", "--user", "u_1", "--type", "t", "--title", "\xff", "--server", api.url()}) == 2);
  CHECK(api.requests().empty());
}

TEST_CASE("explain shows decision, providers, content and limits of every delivery") {
  fake_api api;
  api.answer("POST /v1/notifications/explain", 200, R"({"deliveries": [
    {"channel": "email", "address": "s***@example.org", "status": "scheduled",
     "decision": {"rule": "quiet_hours", "reason": "It is night in Europe/Berlin."},
     "providers": ["main", "backup"], "content": {"title": "Hello", "body": "World"},
     "earliest_at": "2026-05-01T18:00:00Z",
     "limits": [{"name": "per_user", "remaining": 4, "resets_at": "2026-05-01T12:00:30Z"}]}]})");
  terminal t;
  t.input = R"({"user_id": "u_1", "type": "t", "content": {"title": "Hello", "body": "World"}})";
  CHECK(t.run({"explain", "-", "--server", api.url()}) == 0);
  CHECK(t.out
        == "email  s***@example.org  scheduled\n"
           "  decided    quiet_hours: It is night in Europe/Berlin.\n"
           "  earliest   in 6 h\n"
           "  providers  main, backup\n"
           "  title      Hello\n"
           "  body       World\n"
           "  limit      per_user: 4 left, full again in 30 s\n");
}

TEST_CASE("explain says now where nothing holds a delivery back") {
  fake_api api;
  api.answer("POST /v1/notifications/explain", 200, R"({"deliveries": [{"channel": "email", "address": "a***@b.org",
    "status": "queued", "decision": {"rule": "allowed", "reason": "Nothing stands against it."},
    "earliest_at": "2026-05-01T11:59:59.9Z"}]})");
  terminal t;
  t.input = "{}";
  CHECK(t.run({"explain", "-", "--server", api.url()}) == 0);
  CHECK(t.out.find("  earliest   now\n") != std::string::npos);
}

TEST_CASE("explain says what an allowed delivery waits for, and that nobody knows until when") {
  fake_api api;
  api.answer("POST /v1/notifications/explain", 200, R"({"deliveries": [{"channel": "email", "address": "a***@b.org",
    "status": "queued", "decision": {"rule": "allowed", "reason": "Nothing stands against it."},
    "earliest_at": "2026-05-01T11:59:59.9Z", "waiting_for": {"provider": "main", "rule": "waits.breaker_forced",
    "reason": "A person has forced the breaker of provider \"main\" open.", "until": null}}]})");
  terminal t;
  t.input = "{}";
  CHECK(t.run({"explain", "-", "--server", api.url()}) == 0);
  CHECK(t.out.find("  earliest   not known\n"
                   "  waits      waits.breaker_forced: A person has forced the breaker of provider \"main\" open.\n")
        != std::string::npos);
}

TEST_CASE("explain reads a file, and refuses one that is not JSON with the place") {
  fake_api api;
  api.answer("POST /v1/notifications/explain", 200, R"({"deliveries": []})");
  scratch_folder folder;
  terminal t;
  CHECK(t.run({"explain", folder.write("good.json", "{}"), "--server", api.url()}) == 0);
  CHECK(t.out == "Nothing would be sent: no channel applies to this person.\n");
  CHECK(t.run({"explain", folder.write("bad.json", "{\n oops"), "--server", api.url()}) == 2);
  CHECK(t.err.find("bad.json is not JSON: ") != std::string::npos);
  CHECK(t.err.find("line 2") != std::string::npos);
}
