#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/fake_api.hpp"
#include "tests/cli/terminal.hpp"

using carillon::test::fake_api;
using carillon::test::terminal;
using nlohmann::json;

namespace {

const std::string letter =
  R"({"id": "d1", "notification_id": "n1", "user_id": "u_1", "type": "welcome", "channel": "email", "provider": "relay",
      "code": "451", "reason": "5 attempts were used.", "attempts": 5, "dead_at": "2026-05-01T10:00:00Z"})";

std::string job(const std::string& status, int processed) {
  return R"({"id": "j1", "status": ")" + status + R"(", "matched": 4, "processed": )" + std::to_string(processed)
         + R"(, "redriven": 3, "detail": "The store is full."})";
}

const std::string listed = "ID  USER  TYPE     CHANNEL  PROVIDER  CODE  ATTEMPTS  DEAD     REASON\n"
                           "d1  u_1   welcome  email    relay     451   5         2 h ago  5 attempts were used.\n";

} // namespace

TEST_CASE("dead-letters list sends its filters, spans as instants, and says how to see more") {
  fake_api api;
  api.answer("GET /v1/dead-letters?provider=relay&since=2026-05-01T10%3A00%3A00Z&user_id=u_1&limit=5", 200,
             R"({"data": [)" + letter + R"(], "next_cursor": "c1"})");
  terminal t;
  CHECK(t.run({"dead-letters", "list", "--filter", "provider=relay", "--filter", "user=u_1", "--filter", "since=2h",
               "--limit", "5", "--server", api.url()})
        == 0);
  CHECK(t.out == listed + "more:  --cursor c1\n");
}

TEST_CASE("an empty list says so") {
  fake_api api;
  api.answer("GET /v1/dead-letters?limit=50", 200, R"({"data": [], "next_cursor": null})");
  terminal t;
  CHECK(t.run({"dead-letters", "list", "--server", api.url()}) == 0);
  CHECK(t.out == "No dead letters.\n");
}

TEST_CASE("dead-letters show draws the notification it belongs to") {
  fake_api api;
  api.answer("GET /v1/dead-letters?ids=d1", 200, R"({"data": [)" + letter + "]}");
  api.answer("GET /v1/dead-letters?ids=d2", 200, R"({"data": []})");
  api.answer("GET /v1/notifications/n1", 200, R"({"id": "n1", "status": "failed"})");
  terminal t;
  CHECK(t.run({"dead-letters", "show", "d1", "--server", api.url()}) == 0);
  CHECK(t.out.starts_with("n1  failed\n"));
  CHECK(t.run({"dead-letters", "show", "d2", "--server", api.url()}) == 1);
  CHECK(t.err == "carillon: there is no dead letter d2; it may have been redriven.\n");
}

TEST_CASE("a dry run shows what would be redriven and starts nothing") {
  fake_api api;
  api.answer("POST /v1/dead-letters/redrive", 200, R"({"matched": 812, "sample": [)" + letter + "]}");
  terminal t;
  CHECK(t.run({"dead-letters", "redrive", "--filter", "id=d1", "--filter", "id=d2", "--filter", "code=451", "--dry-run",
               "--server", api.url()})
        == 0);
  CHECK(t.out == "812 dead letters match; nothing was changed.\n" + listed);
  const auto asked = api.requests();
  REQUIRE(asked.size() == 1);
  CHECK(json::parse(asked[0].body)
        == json::parse(R"({"filter": {"ids": ["d1", "d2"], "code": "451"}, "dry_run": true})"));
}

TEST_CASE("a redrive is followed to its end, line by line without a terminal") {
  fake_api api;
  api.answer("POST /v1/dead-letters/redrive", 202, R"({"job_id": "j1", "matched": 4})");
  for (int processed : {0, 1, 1, 4})
    api.answer("GET /v1/jobs/j1", 200, job(processed == 4 ? "done" : "running", processed));
  terminal t;
  t.patience = 10;
  CHECK(t.run({"dead-letters", "redrive", "--filter", "code=451", "--rate", "50/s", "--server", api.url()}) == 0);
  CHECK(t.out == "redriving 1/4\nredriving 4/4\n3 deliveries are queued again.\n");
  CHECK(json::parse(api.requests().at(0).body)
        == json::parse(R"({"filter": {"code": "451"}, "dry_run": false, "rate": 50.0})"));
}

TEST_CASE("on a terminal the redrive draws one bar over itself") {
  fake_api api;
  api.answer("POST /v1/dead-letters/redrive", 202, R"({"job_id": "j1", "matched": 4})");
  api.answer("GET /v1/jobs/j1", 200, job("done", 4));
  terminal t;
  t.live = true;
  CHECK(t.run({"dead-letters", "redrive", "--server", api.url()}) == 0);
  CHECK(t.out == "\r\033[Kredriving [##############################] 100 %  4/4\n3 deliveries are queued again.\n");
}

TEST_CASE("Ctrl-C ends the watching and not the job") {
  fake_api api;
  api.answer("POST /v1/dead-letters/redrive", 202, R"({"job_id": "j1", "matched": 4})");
  api.answer("GET /v1/jobs/j1", 200, job("running", 0));
  terminal t;
  t.patience = 1;
  CHECK(t.run({"dead-letters", "redrive", "--server", api.url()}) == 0);
  CHECK(t.out == "The job goes on without this command: j1\n");
}

TEST_CASE("a redrive that failed says why and ends with exit code 1") {
  fake_api api;
  api.answer("POST /v1/dead-letters/redrive", 202, R"({"job_id": "j1", "matched": 4})");
  api.answer("GET /v1/jobs/j1", 200, job("failed", 2));
  terminal t;
  CHECK(t.run({"dead-letters", "redrive", "--server", api.url()}) == 1);
  CHECK(t.err == "carillon: the job failed: The store is full.\n");
}
