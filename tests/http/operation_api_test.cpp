#include "tests/http/api_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using nlohmann::json;

namespace {

std::string bearer(const std::string& key) {
  return "Authorization: Bearer " + key + "\r\n";
}

/// A server that asks for keys and has one of each scope.
struct locked_server : running_server {
  locked_server() : running_server(config()) {}
  static options config() {
    auto out = fake_engine::default_test_options();
    out.auth.required = true;
    return out;
  }
  std::string key(std::vector<scope> scopes, space where = {}, std::optional<double> rate = {}) {
    api_key wanted;
    wanted.name = "test";
    wanted.scopes = std::move(scopes);
    wanted.space = std::move(where);
    wanted.rate = rate;
    auto made = make_key(wanted, engine.time.at);
    engine.control_.keys.push_back(made.kept);
    return made.text;
  }
};

} // namespace

TEST_CASE("a scope opens its own calls and no others") {
  locked_server at;
  std::map<std::string, std::string> keys;
  for (auto s : {scope::send, scope::read, scope::manage, scope::admin})
    keys[std::string{to_string(s)}] = at.key({s});
  at.start();
  auto c = at.connect();
  for (auto& [name, key] : keys) {
    CAPTURE(name);
    auto allowed = [&](const std::string& needs, const reply_text& answer) {
      CHECK((answer.status == 403) == (name != needs));
    };
    allowed("send", c.call("POST", "/v1/notifications", good_body, bearer(key)));
    allowed("read", c.call("GET", "/v1/notifications", "", bearer(key)));
    allowed("manage", c.call("PUT", "/v1/users/u", "{}", bearer(key)));
    allowed("admin", c.call("GET", "/v1/keys", "", bearer(key)));
  }
}

TEST_CASE("without a key nothing but health and the description is answered") {
  locked_server at;
  at.start();
  auto c = at.connect();
  auto answer = c.call("GET", "/v1/notifications");
  CHECK(answer.status == 401);
  CHECK(answer.field("WWW-Authenticate") == "Bearer");
  CHECK(c.call("POST", "/v1/notifications", good_body, bearer("ck_live_wrong")).status == 401);
  CHECK(c.call("GET", "/healthz").status == 200);
  CHECK(c.call("GET", "/openapi.json").status == 200);
}

TEST_CASE("a key's mode and tenant are the space of what it sends") {
  locked_server at;
  auto key = at.key({scope::send}, {"shop", mode::test});
  at.start();
  REQUIRE(at.connect().call("POST", "/v1/notifications", good_body, bearer(key)).status == 202);
  CHECK(at.engine.submitted.back().space == space{"shop", mode::test});
}

TEST_CASE("past a key's rate the caller is told when to come back") {
  locked_server at;
  auto key = at.key({scope::read}, {}, 1);
  at.start();
  auto c = at.connect();
  auto first = c.call("GET", "/v1/notifications", "", bearer(key));
  CHECK(first.status == 200);
  CHECK(first.field("RateLimit-Limit") == "1");
  CHECK(first.field("RateLimit-Remaining") == "0");
  auto over = c.call("GET", "/v1/notifications", "", bearer(key));
  CHECK(over.status == 429);
  CHECK(over.field("Retry-After") == "1");
  CHECK(over.field("RateLimit-Reset") == "1");
}

TEST_CASE("a key is made, used, listed without itself and revoked") {
  locked_server at;
  auto admin = bearer(at.key({scope::admin}));
  at.start();
  auto c = at.connect();
  auto made = c.call("POST", "/v1/keys", R"({"name":"shop","mode":"test","scopes":["read","send"],"rate":5})", admin);
  REQUIRE(made.status == 201);
  auto key = made.json()["key"].get<std::string>();
  CHECK(key.starts_with("ck_test_"));
  CHECK(c.call("GET", "/v1/notifications", "", bearer(key)).status == 200);
  auto listed = c.call("GET", "/v1/keys", "", admin);
  CHECK(listed.body.find(key) == std::string::npos);
  CHECK(listed.json()["data"].size() == 2);
  CHECK(c.call("DELETE", "/v1/keys/" + made.json()["id"].get<std::string>(), "", admin).status == 204);
  CHECK(c.call("GET", "/v1/notifications", "", bearer(key)).status == 401);
  CHECK(c.call("DELETE", "/v1/keys/nothing", "", admin).status == 404);
}

TEST_CASE("wrong keys are refused with their field; other tenants' keys only the operator makes") {
  locked_server at;
  auto admin = bearer(at.key({scope::admin}));
  auto tenant = bearer(at.key({scope::admin}, {"shop", mode::live}));
  at.start();
  auto c = at.connect();
  auto pointer = [&](const std::string& body) {
    return c.call("POST", "/v1/keys", body, admin).json()["errors"][0]["pointer"].get<std::string>();
  };
  CHECK(pointer(R"({"scopes":["read"]})") == "/name");
  CHECK(pointer(R"({"name":"n","scopes":[]})") == "/scopes");
  CHECK(pointer(R"({"name":"n","scopes":["all"]})") == "/scopes/0");
  CHECK(pointer(R"({"name":"n","scopes":["read"],"rate":0})") == "/rate");
  CHECK(pointer(R"({"name":"n","scopes":["read"],"lane":"fast"})") == "/lane");
  CHECK(pointer(R"({"name":"n","scopes":["read"],"expires_at":"2020-01-01T00:00:00Z"})") == "/expires_at");
  auto other = R"({"name":"n","scopes":["read"],"tenant":"other"})";
  CHECK(c.call("POST", "/v1/keys", other, admin).status == 201);
  CHECK(c.call("POST", "/v1/keys", other, tenant).status == 403);
}

TEST_CASE("what live traffic of all tenants feels, only live keys of the operator change") {
  locked_server at;
  std::vector all{scope::send, scope::read, scope::manage, scope::admin};
  auto test_key = bearer(at.key(all, {"default", mode::test}));
  auto tenant = bearer(at.key(all, {"shop", mode::live}));
  auto live = bearer(at.key(all));
  at.start();
  auto c = at.connect();
  auto setting = R"({"config":{},"enabled":true})";
  auto order = R"({"state":"open"})";
  for (auto& key : {test_key, tenant}) {
    CHECK(c.call("PUT", "/v1/settings/notification", setting, key).status == 403);
    CHECK(c.call("PUT", "/v1/providers/post/breaker", order, key).status == 403);
  }
  CHECK(c.call("PUT", "/v1/settings/notification", setting, live).status == 200);
  CHECK(c.call("POST", "/v1/keys", R"({"name":"n","scopes":["read"]})", test_key).status == 403);
  CHECK(c.call("POST", "/v1/keys", R"({"name":"n","scopes":["read"],"mode":"test"})", test_key).status == 201);
  CHECK(c.call("DELETE", "/v1/keys/" + at.engine.control_.keys.back().id, "", test_key).status == 403);
}

TEST_CASE("settings are put in force, versioned, and refused with their field") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto path = "/v1/settings/notification";
  CHECK(c.call("GET", path).body == R"({"config":{},"enabled":true,"version":0})"); // nobody has changed it
  CHECK(c.call("GET", "/v1/settings/other").status == 404);
  auto put = c.call("PUT", path, R"({"config":{"retry_settings":{"SMS":{"max_attempts":3,"initial_backoff_seconds":0.5,
    "backoff_strategy":"fixed","max_backoff_seconds":9,"retry_enabled":true}},
    "other_settings":{"throttle_per_user_per_minute":5},"channels":{"email":{"enabled":false}},
    "types":{"noisy":{"enabled":false}}},"enabled":true})");
  REQUIRE(put.status == 200);
  CHECK(c.call("GET", path).body == put.body);
  REQUIRE(at.engine.settings);
  CHECK(at.engine.settings->retry.at(channel::sms).max_attempts == 3);
  CHECK(at.engine.settings->retry.at(channel::sms).initial_backoff == std::chrono::milliseconds{500});
  CHECK(at.engine.settings->per_user_per_minute == 5);
  CHECK(at.engine.settings->channels.at(channel::email) == false);
  CHECK(at.engine.settings->types.at("noisy") == false);
  CHECK(at.engine.settings->version == 1);

  auto off = c.call("PUT", path, R"({"config":{"channels":{"email":{"enabled":false}}},"enabled":false})");
  CHECK(at.engine.settings->channels.empty());
  CHECK(c.call("PUT", path, off.body, "If-Match: " + put.field("ETag") + "\r\n").status == 412);
  auto pointer = [&](const std::string& config) {
    return c.call("PUT", path, R"({"config":)" + config + "}").json()["errors"][0]["pointer"].get<std::string>();
  };
  CHECK(pointer(R"({"channels":{"pigeon":{"enabled":false}}})") == "/config/channels/pigeon");
  CHECK(pointer(R"({"retry_settings":{"sms":{"max_attempts":0}}})") == "/config/retry_settings/sms/max_attempts");
  CHECK(pointer(R"({"retry_settings":{"sms":{"backoff_strategy":"x"}}})")
        == "/config/retry_settings/sms/backoff_strategy");
  CHECK(pointer(R"({"types":{"t":{}}})") == "/config/types/t/enabled");
  CHECK(pointer(R"({"surprise":1})") == "/config/surprise");
}

TEST_CASE("suppressions are added, announced, listed by pages and removed") {
  running_server at;
  at.start();
  auto c = at.connect();
  std::string id;
  for (int i = 0; i < 3; ++i) {
    auto address = "a" + std::to_string(i) + "@example.org";
    auto made = c.call("POST", "/v1/suppressions", R"({"channel":"email","address":")" + address + "\"}");
    REQUIRE(made.status == 201);
    id = made.json()["id"];
    CHECK(made.json()["cause"] == "manual");
    CHECK(at.engine.changes.back().address == std::pair{channel::email, address});
  }
  auto& kept = at.engine.control_.suppressions;
  std::sort(kept.begin(), kept.end(), [](auto& a, auto& b) { return a.id < b.id; });
  auto first = c.call("GET", "/v1/suppressions?limit=2").json();
  auto second = c.call("GET", "/v1/suppressions?limit=2&cursor=" + first["next_cursor"].get<std::string>()).json();
  CHECK(first["data"].size() == 2);
  CHECK(second["data"].size() == 1);
  CHECK(c.call("GET", "/v1/suppressions?channel=sms").json()["data"].empty());
  CHECK(c.call("DELETE", "/v1/suppressions/" + id).status == 204);
  CHECK(at.engine.changes.size() == 4);
  CHECK(c.call("DELETE", "/v1/suppressions/" + id).status == 404);
  CHECK(c.call("POST", "/v1/suppressions", R"({"channel":"email","address":"x"})").json()["errors"][0]["pointer"]
        == "/address");
}

TEST_CASE("providers are listed by lane and their breakers ordered") {
  auto config = fake_engine::default_test_options();
  config.providers["post"] = {};
  running_server at{config};
  provider_view view{"post", "smtp", channel::email};
  view.slots = 64;
  at.engine.provider_list = {{view, view}};
  at.start();
  auto c = at.connect();
  auto body = c.call("GET", "/v1/providers").json()["data"][0];
  CHECK(body["name"] == "post");
  CHECK(body["lanes"]["critical"]["breaker"] == "closed");
  CHECK(body["lanes"]["bulk"]["slots"] == 64);
  CHECK(c.call("PUT", "/v1/providers/post/breaker", R"({"state":"open","reason":"r"})").json()["state"] == "open");
  CHECK(at.engine.control_.orders.at("post") == breaker_order::open);
  CHECK(c.call("PUT", "/v1/providers/nobody/breaker", R"({"state":"open"})").status == 404);
  CHECK(c.call("PUT", "/v1/providers/post/breaker", R"({"state":"ajar"})").json()["errors"][0]["pointer"] == "/state");
}

TEST_CASE("what the sandbox took is listed") {
  running_server at;
  sandbox_message m;
  m.to = "a@example.org";
  m.what.title = "T";
  at.engine.sandbox = {m};
  at.start();
  auto body = at.connect().call("GET", "/v1/sandbox/messages?limit=5").json()["data"][0];
  CHECK(body["to"] == "a@example.org");
  CHECK(body["content"]["title"] == "T");
}

TEST_CASE("dead letters are listed, counted by a dry run and redriven as a job") {
  running_server at;
  at.start();
  std::vector<made> dead;
  for (int i = 0; i < 7; ++i)
    dead.push_back(put_notification(at.engine, i % 2 ? lane::critical : lane::bulk, delivery_status::dead_lettered));
  auto c = at.connect();
  auto listed = c.call("GET", "/v1/dead-letters?type=order_shipped&limit=5").json();
  CHECK(listed["data"].size() == 5);
  auto& letter = listed["data"][0];
  CHECK(letter["id"] == dead.back().delivery_id);
  CHECK(letter["provider"] == "post");
  CHECK(letter["code"] == "451");
  CHECK(letter["attempts"] == 1);

  auto redrive = "/v1/dead-letters/redrive";
  auto dry = c.call("POST", redrive, R"({"filter":{},"dry_run":true})");
  CHECK(dry.status == 200);
  CHECK(dry.json()["matched"] == 7);
  CHECK(at.engine.woken == 0);

  auto begun = c.call("POST", redrive, R"({"filter":{"type":"order_shipped"},"rate":1000})");
  REQUIRE(begun.status == 202);
  CHECK(begun.json()["matched"] == 7);
  CHECK(begun.field("Location") == "/v1/jobs/" + begun.json()["job_id"].get<std::string>());
  {
    std::unique_lock guard{at.engine.mutex};
    REQUIRE(at.engine.arrived.wait_for(guard, std::chrono::seconds{10}, [&] { return at.engine.woken == 7; }));
  }
  auto job = c.call("GET", begun.field("Location")).json();
  CHECK(job["processed"] == 7);
  CHECK(job["redriven"] == 7);
  CHECK(c.call("GET", "/v1/jobs/nothing").status == 404);
}

TEST_CASE("a redrive names what it is about") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto pointer = [&](const std::string& body) {
    return c.call("POST", "/v1/dead-letters/redrive", body).json()["errors"][0]["pointer"].get<std::string>();
  };
  CHECK(pointer("{}") == "/filter");
  CHECK(pointer(R"({"filter":{"nonsense":1}})") == "/filter/nonsense");
  CHECK(pointer(R"({"filter":{"ids":["x"]}})") == "/filter/ids/0");
  CHECK(pointer(R"({"filter":{},"rate":0})") == "/rate");
  CHECK(pointer(R"({"filter":{},"rate":20000})") == "/rate");
  CHECK(pointer(R"({"filter":{},"rate":1e-300})") == "/rate");
  auto slow = c.call("POST", "/v1/dead-letters/redrive", R"({"filter":{},"rate":0.0009})");
  CHECK(slow.status == 422);
  CHECK(slow.json()["errors"][0]["detail"] == "must be 0.001 to 10000");
}

TEST_CASE("a redrive may be as slow as its bound") {
  running_server at;
  at.start();
  for (int i = 0; i < 2; ++i)
    put_notification(at.engine, lane::bulk, delivery_status::dead_lettered);
  auto c = at.connect();
  auto begun = c.call("POST", "/v1/dead-letters/redrive", R"({"filter":{},"rate":0.001})");
  REQUIRE(begun.status == 202);
  {
    std::unique_lock guard{at.engine.mutex};
    REQUIRE(at.engine.arrived.wait_for(guard, std::chrono::seconds{10}, [&] { return at.engine.woken == 1; }));
  }
  CHECK(c.call("GET", begun.field("Location")).json()["status"] == "running");
}
