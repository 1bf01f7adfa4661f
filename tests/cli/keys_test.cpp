#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/fake_api.hpp"
#include "tests/cli/terminal.hpp"

using carillon::test::fake_api;
using carillon::test::terminal;
using nlohmann::json;

TEST_CASE("a new key alone goes to standard output, so that a script can keep it") {
  fake_api api;
  api.answer("POST /v1/keys", 201, R"({"id": "k-1", "key": "ck_live_abc"})");
  terminal t;
  CHECK(t.run({"keys", "create", "--name", "shop", "--server", api.url()}) == 0);
  CHECK(t.out == "ck_live_abc\n");
  CHECK(t.err == "Key k-1 is shown this once; keep it safe.\n");
  CHECK(json::parse(api.requests().at(0).body)
        == json::parse(R"({"name": "shop", "mode": "live", "scopes": ["send", "read"]})"));
}

TEST_CASE("everything a key may be bound to is asked for") {
  fake_api api;
  api.answer("POST /v1/keys", 201, R"({"id": "k-1", "key": "ck_test_abc"})");
  terminal t;
  CHECK(t.run({"keys", "create", "--name", "alarm", "--scopes", "send", "--mode", "test", "--tenant", "acme", "--lane",
               "critical", "--rate", "50", "--expires-at", "2030-01-31T00:00:00Z", "--json", "--server", api.url()})
        == 0);
  CHECK(json::parse(t.out)["key"] == "ck_test_abc");
  CHECK(json::parse(api.requests().at(0).body)
        == json::parse(R"({"name": "alarm", "mode": "test", "scopes": ["send"], "tenant": "acme", "lane": "critical",
                        "rate": 50.0, "expires_at": "2030-01-31T00:00:00Z"})"));
}

TEST_CASE("keys list shows what each key may do and how it stands") {
  fake_api api;
  api.answer("GET /v1/keys", 200, R"({"data": [
    {"id": "k-1", "name": "admin", "tenant": "default", "mode": "live", "scopes": ["send", "read", "manage", "admin"],
     "lane": null, "created_at": "2026-04-30T12:00:00Z", "expires_at": null, "revoked": false},
    {"id": "k-2", "name": "alarm", "tenant": "default", "mode": "live", "scopes": ["send"], "lane": "critical",
     "created_at": "2026-05-01T11:00:00Z", "expires_at": "2026-05-08T12:00:00Z", "revoked": false},
    {"id": "k-3", "name": "old", "tenant": "acme", "mode": "test", "scopes": ["read"], "lane": null,
     "created_at": "2026-05-01T11:00:00Z", "expires_at": null, "revoked": true}]})");
  terminal t;
  CHECK(t.run({"keys", "list", "--server", api.url()}) == 0);
  CHECK(t.out
        == "ID   NAME   TENANT   MODE  SCOPES                  LANE      CREATED    STATE\n"
           "k-1  admin  default  live  send,read,manage,admin            1 day ago  valid\n"
           "k-2  alarm  default  live  send                    critical  1 h ago    expires in 7 days\n"
           "k-3  old    acme     test  read                              1 h ago    revoked\n");
}

TEST_CASE("a key is revoked by its id") {
  fake_api api;
  api.answer("DELETE /v1/keys/k-1", 204, "");
  terminal t;
  CHECK(t.run({"keys", "revoke", "k-1", "--server", api.url()}) == 0);
  CHECK(t.out == "Key k-1 is revoked.\n");
}
