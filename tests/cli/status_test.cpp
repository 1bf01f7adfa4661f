#include <catch2/catch_test_macros.hpp>

#include "tests/cli/fake_api.hpp"
#include "tests/cli/terminal.hpp"

using carillon::test::fake_api;
using carillon::test::terminal;

namespace {

const std::string id = "01997b3e-8c4a-7d11-9f60-6a0b8f3c2d15";

std::string notification(const std::string& status) {
  return R"({"id": "01997b3e-8c4a-7d11-9f60-6a0b8f3c2d15", "user_id": "u_1", "type": "order_shipped",
  "category": "transactional", "priority": "high", "lane": "critical", "status": ")"
         + status + R"(",
  "created_at": "2026-05-01T11:57:00Z", "send_at": null, "expires_at": "2026-05-02T12:00:00Z", "request_id": "r_7", "metadata": {},
  "deliveries": [
    {"id": "01997b3e-8c4a-7d11-9f60-000000000001", "channel": "email", "address": "s***@example.org",
     "status": "delivered", "engagement": "read",
     "decision": {"rule": "preference.type_channel", "reason": "The person wants email for order_shipped."},
     "provider": "sendgrid_main", "next_attempt_at": null,
     "attempts": [
       {"number": 1, "provider": "sendgrid_main", "started_at": "2026-05-01T11:57:00Z",
        "finished_at": "2026-05-01T11:57:00.250Z", "outcome": "retry", "code": "503", "detail": "busy",
        "provider_message_id": ""},
       {"number": 2, "provider": "sendgrid_main", "started_at": "2026-05-01T11:57:02Z",
        "finished_at": "2026-05-01T11:57:02.080Z", "outcome": "accepted", "code": "202", "detail": "",
        "provider_message_id": "m-7"}],
     "history": [{"status": "queued", "at": "2026-05-01T11:57:00Z"},
                 {"status": "queued", "at": "2026-05-01T11:57:00.250Z", "rule": "retry.backoff", "reason": "Attempt 2 of 5."},
                 {"status": "sent", "at": "2026-05-01T11:57:02.080Z"},
                 {"status": "delivered", "at": "2026-05-01T11:58:00Z"}]},
    {"id": "01997b3e-8c4a-7d11-9f60-000000000002", "channel": "sms", "address": "+49***42",
     "status": "retrying", "engagement": "none",
     "decision": {"rule": "type.channels", "reason": "The type names sms."},
     "provider": "twilio_main", "next_attempt_at": "2026-05-01T12:00:30Z",
     "waiting_for": {"provider": "twilio_main", "rule": "waits.breaker",
        "reason": "The breaker of provider \"twilio_main\" is open.", "until": "2026-05-01T12:00:45Z"},
     "attempts": [{"number": 1, "provider": "twilio_main", "started_at": "2026-05-01T11:57:00Z",
        "finished_at": null, "outcome": null, "code": "", "detail": "", "provider_message_id": ""}],
     "history": [{"status": "queued", "at": "2026-05-01T11:57:00Z"}]}]})";
}

const std::string golden = R"(01997b3e-8c4a-7d11-9f60-6a0b8f3c2d15  retrying
  for       u_1
  type      order_shipped (transactional)
  lane      critical, priority high
  accepted  2026-05-01 11:57:00 UTC (3 min ago)
  expires   2026-05-02 12:00:00 UTC (in 1 day)
  request   r_7

email  s***@example.org  delivered, read
  delivery  01997b3e-8c4a-7d11-9f60-000000000001
  decided   preference.type_channel: The person wants email for order_shipped.
  provider  sendgrid_main
  11:57:00.000  queued
  11:57:00.250  attempt 1 sendgrid_main  retry 503 after 250 ms: busy
  11:57:00.250  queued                   retry.backoff: Attempt 2 of 5.
  11:57:02.080  attempt 2 sendgrid_main  accepted 202 after 80 ms [m-7]
  11:57:02.080  sent
  11:58:00.000  delivered

sms  +49***42  retrying
  delivery  01997b3e-8c4a-7d11-9f60-000000000002
  decided   type.channels: The type names sms.
  provider  twilio_main
  next      2026-05-01 12:00:30 UTC (in 30 s)
  waits     waits.breaker: The breaker of provider "twilio_main" is open. (in 45 s)
  11:57:00.000  attempt 1 twilio_main  on the wire
  11:57:00.000  queued
)";

} // namespace

TEST_CASE("status draws header, deliveries, decisions, attempts and the next attempt") {
  fake_api api;
  api.answer("GET /v1/notifications/" + id, 200, notification("retrying"));
  terminal t;
  CHECK(t.run({"status", id, "--server", api.url()}) == 0);
  CHECK(t.out == golden);
  CHECK(t.err.empty());
}

TEST_CASE("status --json prints the API's own answer") {
  fake_api api;
  api.answer("GET /v1/notifications/" + id, 200, notification("sent"));
  terminal t;
  CHECK(t.run({"status", id, "--json", "--server", api.url()}) == 0);
  CHECK(t.out.starts_with("{\n  \"category\": \"transactional\""));
}

TEST_CASE("status --wait asks until the notification is finished") {
  fake_api api;
  for (const char* status : {"accepted", "scheduled", "processing", "retrying", "delivered"})
    api.answer("GET /v1/notifications/" + id, 200, notification(status));
  terminal t;
  t.patience = 10;
  CHECK(t.run({"status", id, "--wait", "--server", api.url()}) == 0);
  CHECK(t.out.starts_with(id + "  delivered\n"));
  CHECK(api.requests().size() == 5);
}

TEST_CASE("status --wait ends where a delivery is held, and says how a person resolves it") {
  fake_api api;
  api.answer("GET /v1/notifications/" + id, 200,
             R"({"id": ")" + id + R"(", "status": "held", "deliveries": [{"id": "d-1", "status": "held"}]})");
  terminal t;
  t.patience = 10;
  CHECK(t.run({"status", id, "--wait", "--server", api.url()}) == 1);
  CHECK(api.requests().size() == 1);
  CHECK(t.out.starts_with(id + "  held\n"));
  CHECK(t.err.find("POST /v1/notifications/" + id + R"(/resolve  {"delivery_id": "d-1", "outcome": "sent"})")
        != std::string::npos);
}

TEST_CASE("status --wait gives up after its time, says so and shows what is known") {
  fake_api api;
  api.answer("GET /v1/notifications/" + id, 200, notification("processing"));
  terminal t;
  t.patience = 100;
  CHECK(t.run({"status", id, "--wait", "--wait-timeout", "2", "--server", api.url()}) == 1);
  CHECK(api.requests().size() == 9); // at once, then every quarter of a second
  CHECK(t.out.starts_with(id + "  processing\n"));
  CHECK(t.err.starts_with("carillon: it is still processing after 2 s and goes on without this command."));
}

TEST_CASE("status --wait ends with exit code 1 where it was not sent, or the person interrupts") {
  for (const char* status : {"failed", "suppressed", "held"}) {
    fake_api api;
    api.answer("GET /v1/notifications/" + id, 200, notification(status));
    terminal t;
    CHECK(t.run({"status", id, "--wait", "--server", api.url()}) == 1);
  }
}

TEST_CASE("an erased person's notification says so and nothing else") {
  fake_api api;
  api.answer("GET /v1/notifications/" + id, 200, R"({"id": ")" + id + R"(", "status": "sent", "erased": true})");
  terminal t;
  CHECK(t.run({"status", id, "--server", api.url()}) == 0);
  CHECK(t.out == id + "  sent\n  erased    The person was erased; nothing else is kept.\n");
}

TEST_CASE("an id is escaped, so that it cannot name another path") {
  fake_api api;
  api.answer("GET /v1/notifications/..%2Fkeys", 404, R"({"title": "There is no such thing.", "code": "not_found"})");
  terminal t;
  CHECK(t.run({"status", "../keys", "--server", api.url()}) == 1);
  CHECK(t.err == "carillon: There is no such thing. (HTTP 404, not_found)\n");
}
