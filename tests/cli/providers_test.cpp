#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/fake_api.hpp"
#include "tests/cli/terminal.hpp"

using carillon::test::fake_api;
using carillon::test::terminal;
using nlohmann::json;

namespace {

const char* two_providers = R"({"data": [
  {"name": "relay", "protocol": "smtp", "channel": "email", "lanes": {
    "critical": {"breaker": "closed", "forced": "automatic", "failure_rate": 0, "in_flight": 1, "slots": 64},
    "bulk": {"breaker": "half_open", "forced": "automatic", "failure_rate": 0.416, "in_flight": 64, "slots": 64}}},
  {"name": "texts", "protocol": "sandbox", "channel": null, "lanes": {
    "critical": {"breaker": "open", "forced": "open", "failure_rate": 0, "in_flight": 0, "slots": 8}}}]})";

} // namespace

TEST_CASE("providers lists both lanes of every provider, aligned") {
  fake_api api;
  api.answer("GET /v1/providers", 200, two_providers);
  terminal t;
  CHECK(t.run({"providers", "--server", api.url()}) == 0);
  CHECK(t.out
        == "PROVIDER  PROTOCOL  CHANNEL  LANE      BREAKER         FAILURES  IN FLIGHT\n"
           "relay     smtp      email    critical  closed          0 %       1/64\n"
           "relay     smtp      email    bulk      half_open       42 %      64/64\n"
           "texts     sandbox   any      critical  open (by hand)  0 %       0/8\n");
}

TEST_CASE("an order to a breaker carries its state and reason") {
  fake_api api;
  for (const char* name : {"relay", "a%2Fb"})
    api.answer(std::string{"PUT /v1/providers/"} + name + "/breaker", 200, "{}");
  terminal t;
  CHECK(t.run({"providers", "open", "relay", "--reason", "incident", "--server", api.url()}) == 0);
  CHECK(t.out == "relay: breaker forced open on both lanes, until `carillon providers auto relay`.\n");
  CHECK(t.run({"providers", "close", "relay", "--reason", "known flake", "--server", api.url()}) == 0);
  CHECK(t.run({"providers", "auto", "a/b", "--server", api.url()}) == 0);
  CHECK(t.out == "a/b: the breaker decides for itself again.\n");
  const auto asked = api.requests();
  REQUIRE(asked.size() == 3);
  CHECK(json::parse(asked[0].body) == json{{"state", "open"}, {"reason", "incident"}});
  CHECK(json::parse(asked[1].body) == json{{"state", "closed"}, {"reason", "known flake"}});
  CHECK(json::parse(asked[2].body) == json{{"state", "auto"}, {"reason", "by hand"}});
}

TEST_CASE("colours appear on a terminal only") {
  fake_api api;
  api.answer("GET /v1/providers", 200, two_providers);
  terminal t;
  t.colour = true;
  CHECK(t.run({"providers", "--server", api.url()}) == 0);
  CHECK(t.out.find("\033[31mopen (by hand)\033[0m") != std::string::npos);
}

TEST_CASE("sandbox lists what was taken, or says that there is nothing") {
  fake_api api;
  api.answer("GET /v1/sandbox/messages?limit=20", 200, R"({"data": []})");
  api.answer("GET /v1/sandbox/messages?limit=1", 200, R"({"data": [
    {"delivery_id": "d", "notification_id": "n", "channel": "email", "to": "a@b.org",
     "content": {"title": "Hello", "body": "World"}, "at": "2026-05-01T11:59:00Z"}]})");
  terminal t;
  CHECK(t.run({"sandbox", "--server", api.url()}) == 0);
  CHECK(t.out == "The sandbox took no messages since the service started.\n");
  CHECK(t.run({"sandbox", "--limit", "1", "--server", api.url()}) == 0);
  CHECK(t.out
        == "TAKEN      CHANNEL  TO       NOTIFICATION  CONTENT\n"
           "1 min ago  email    a@b.org  n             Hello: World\n");
}
