#include <set>

#include "tests/http/api_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using nlohmann::json;

namespace {

const std::string profile =
  R"({"contacts":{"email":"a@example.org"},"time_zone":"Europe/Berlin","locale":"de","attributes":{"tier":"gold"}})";

}

TEST_CASE("a person is stored, read back and announced") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto stored = c.call("PUT", "/v1/users/u%2F1", profile);
  REQUIRE(stored.status == 200);
  auto found = c.call("GET", "/v1/users/u%2F1");
  CHECK(found.body == stored.body);
  CHECK(found.json()["id"] == "u/1");
  CHECK(found.json()["contacts"]["email"] == "a@example.org");
  CHECK(found.json()["attributes"]["tier"] == "gold");
  CHECK(found.field("ETag") == "\"1\"");
  CHECK(at.engine.changes.at(0).user_id == "u/1");
}

TEST_CASE("a lost update is refused") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto tag = c.call("PUT", "/v1/users/u", profile).field("ETag");
  CHECK(c.call("PUT", "/v1/users/u", profile, "If-Match: " + tag + "\r\n").status == 200);
  auto late = c.call("PUT", "/v1/users/u", profile, "If-Match: " + tag + "\r\n");
  CHECK(late.status == 412);
  CHECK(late.code() == "version_mismatch");
  CHECK(c.call("PUT", "/v1/users/u", profile, "If-None-Match: *\r\n").status == 412);
  CHECK(c.call("PUT", "/v1/users/new", profile, "If-None-Match: *\r\n").status == 200);
  CHECK(c.call("PUT", "/v1/users/u", profile, "If-Match: \"alien\"\r\n").status == 412);
  CHECK(c.call("PUT", "/v1/users/u", profile, "If-Match: 1\r\n").status == 400);
}

TEST_CASE("a merge patch changes what it names and removes what is null") {
  running_server at;
  at.start();
  auto c = at.connect();
  c.call("PUT", "/v1/users/u", profile);
  auto body = c.call("PATCH", "/v1/users/u", R"({"locale":"fr","time_zone":null,"attributes":{"a":1}})",
                     "Content-Type: application/merge-patch+json\r\n")
                .json();
  CHECK(body["locale"] == "fr");
  CHECK_FALSE(body.contains("time_zone"));
  CHECK(body["attributes"] == json{{"tier", "gold"}, {"a", 1}});
  CHECK(body["contacts"]["email"] == "a@example.org");
  CHECK(c.call("PATCH", "/v1/users/nobody", R"({"locale":"fr"})").status == 404);
  auto wrong = c.call("PATCH", "/v1/users/u", R"({"id":"other"})");
  CHECK(wrong.json()["errors"][0]["pointer"] == "/id");
  CHECK(wrong.json()["request_id"] == wrong.field("X-Request-Id"));
  CHECK_FALSE(wrong.field("X-Request-Id").empty());
}

TEST_CASE("a patch is told of every wrong name and value at once") {
  running_server at;
  at.start();
  auto c = at.connect();
  c.call("PUT", "/v1/users/u", profile);
  auto wrong = c.call("PATCH", "/v1/users/u", R"({"pigeon":null,"colour":"red","time_zone":"Mars/Olympus"})");
  CHECK(wrong.status == 422);
  auto body = wrong.json();
  std::set<std::string> pointers;
  for (auto& field : body["errors"])
    pointers.insert(field["pointer"]);
  CHECK(pointers == std::set<std::string>{"/pigeon", "/colour", "/time_zone"});
  CHECK(body["errors"].size() == 3);
}

TEST_CASE("an export shows who is known from requests alone, and nobody else") {
  running_server at;
  at.start();
  auto n = put_notification(at.engine, lane::bulk, delivery_status::sent);
  auto address = at.engine.bulk_store.rows.begin()->second.deliveries[0].address;
  for (auto& [id, gone] : {std::pair{"s-1", address}, std::pair{"s-2", std::string{"other@example.org"}}})
    at.engine.control_.suppressions.push_back(
      {id, {}, channel::email, gone, suppression_cause::hard_bounce, "", {}, {}});
  auto c = at.connect();
  auto found = c.call("GET", "/v1/users/u_1/export");
  REQUIRE(found.status == 200);
  auto body = found.json();
  CHECK(body["user"].is_null());
  CHECK(body["preferences"].empty());
  CHECK(body["notifications"][0]["id"] == n.id);
  CHECK(body["notifications"][0]["deliveries"][0]["address"] == address);
  REQUIRE(body["suppressions"].size() == 1);
  CHECK(body["suppressions"][0]["id"] == "s-1");
  CHECK(body["complete"] == true);
  CHECK(c.call("GET", "/v1/users/nobody/export").code() == "not_found");
}

TEST_CASE("a wrong profile is refused with its field") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto pointer = [&](const std::string& path, const std::string& body) {
    auto answer = c.call("PUT", path, body);
    CHECK(answer.status == 422);
    return answer.json()["errors"][0]["pointer"].get<std::string>();
  };
  CHECK(pointer("/v1/users/u", R"({"time_zone":"Mars/Olympus"})") == "/time_zone");
  CHECK(pointer("/v1/users/u", R"({"contacts":{"pigeon":"x"}})") == "/contacts/pigeon");
  CHECK(pointer("/v1/users/u", R"({"email":"a@example.org"})") == "/email");
  auto path = "/v1/users/u/preferences";
  CHECK(pointer(path, R"({"preferences":[{"type":"t","channel":"pigeon","enabled":true}]})")
        == "/preferences/0/channel");
  CHECK(pointer(path, R"({"preferences":[{"channel":"sms","enabled":true}]})") == "/preferences/0/type");
  CHECK(pointer(path, R"({"preferences":[{"type":"a","category":"b","channel":"*","enabled":true}]})")
        == "/preferences/0/category");
  CHECK(pointer(path, R"({"preferences":[{"category":"gossip","channel":"*","enabled":true}]})")
        == "/preferences/0/category");
  CHECK(pointer(path, R"({"preferences":[{"type":"a","channel":"*"}]})") == "/preferences/0/enabled");
  CHECK(pointer(path, R"({"quiet_hours":{"start":"24:00","end":"07:00"}})") == "/quiet_hours/start");
  CHECK(pointer(path, R"({"quiet_hours":{"start":"22:00","end":"07:00","days":["someday"]}})")
        == "/quiet_hours/days/0");
  CHECK(pointer(path, R"({"quiet_hours":{"start":"22:00"}})") == "/quiet_hours/end");
  CHECK(pointer(path, R"({"quiet_hours":{"start":"22:00","end":"22:00"}})") == "/quiet_hours/end");
  CHECK(at.engine.control_.users.empty());
  CHECK(c.call("PUT", path, R"({"quiet_hours":{"start":"00:00","end":"00:00","days":["sun"]}})").status == 200);
}

TEST_CASE("preferences come back as they were put, with a version of their own") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto rules = json::parse(R"({"preferences":[{"type":"*","channel":"sms","enabled":false},
    {"category":"promotional","channel":"*","enabled":false},{"type":"t","channel":"email","enabled":true}],
    "quiet_hours":{"start":"22:00","end":"07:30","days":["mon","sun"],"time_zone":"Europe/Berlin"},"digest":{"at":"08:00"}})");
  auto put = c.call("PUT", "/v1/users/u/preferences", rules.dump());
  REQUIRE(put.status == 200);
  auto got = c.call("GET", "/v1/users/u/preferences");
  CHECK(got.json() == rules);
  CHECK(c.call("PUT", "/v1/users/u/preferences", got.body, "If-Match: " + got.field("ETag") + "\r\n").status == 200);
  CHECK(c.call("PUT", "/v1/users/u", profile).field("ETag") == "\"1\"");
  auto patched = c.call("PATCH", "/v1/users/u/preferences", R"({"quiet_hours":null})").json();
  CHECK(patched["quiet_hours"].is_null());
  CHECK(patched["preferences"] == rules["preferences"]);
}

TEST_CASE("erasure goes through every file and ends the tombstone's work") {
  running_server at;
  at.start();
  auto c = at.connect();
  c.call("PUT", "/v1/users/u", profile);
  CHECK(c.call("DELETE", "/v1/users/u", "", "If-Match: \"99\"\r\n").status == 412);
  CHECK(c.call("DELETE", "/v1/users/nobody", "", "If-Match: \"1\"\r\n").status == 412);
  CHECK(c.call("GET", "/v1/users/u").status == 200);
  CHECK(c.call("DELETE", "/v1/users/u", "", "If-Match: \"1\"\r\n").status == 204);
  CHECK(at.engine.critical_store.erased == std::vector<std::string>{"u"});
  CHECK(at.engine.bulk_store.erased == std::vector<std::string>{"u"});
  CHECK(at.engine.control_.finished_erasures == std::vector<std::string>{"u"});
  CHECK(c.call("GET", "/v1/users/u").status == 404);
  CHECK(c.call("DELETE", "/v1/users/known-from-requests-alone").status == 204);
  CHECK(at.engine.bulk_store.erased.back() == "known-from-requests-alone");
}

TEST_CASE("a patch names every field it gets wrong, also those it wants taken away") {
  running_server at;
  at.start();
  auto c = at.connect();
  c.call("PUT", "/v1/users/u", profile);
  auto answer = c.call("PATCH", "/v1/users/u", R"({"phone":null,"time_zone":null})");
  CHECK(answer.status == 422);
  REQUIRE(answer.json()["errors"].size() == 1);
  CHECK(answer.json()["errors"][0]["pointer"] == "/phone");
  auto rules = c.call("PATCH", "/v1/users/u/preferences", R"({"prefrences":null})");
  CHECK(rules.status == 422);
}

TEST_CASE("an export holds profile, choices, feed and notifications, unmasked") {
  running_server at;
  at.start();
  auto c = at.connect();
  c.call("PUT", "/v1/users/u_1", profile);
  for (int i = 0; i < 3; ++i)
    put_notification(at.engine, i ? lane::critical : lane::bulk, delivery_status::sent);
  put_notification(at.engine, lane::bulk, delivery_status::sent, channel::email, "somebody_else");
  auto body = c.call("GET", "/v1/users/u_1/export").json();
  CHECK(body["user"]["contacts"]["email"] == "a@example.org");
  CHECK(body["notifications"].size() == 3);
  CHECK(body["notifications"][0]["content"]["title"] == "On its way");
  CHECK(body["notifications"][0]["deliveries"][0]["address"] == "someone@example.org");
  CHECK(body["complete"] == true);
}

TEST_CASE("the feed is listed, counted, marked and paged") {
  running_server at;
  at.start();
  std::vector<made> items;
  for (int i = 0; i < 5; ++i) {
    auto n = items.emplace_back(put_notification(at.engine, lane::bulk, delivery_status::delivered, channel::in_app));
    at.engine.inbox_.items.push_back({*parse_uuid(n.delivery_id),
                                      *parse_uuid(n.id),
                                      {},
                                      "u_1",
                                      "type_" + std::to_string(i),
                                      "T",
                                      "B",
                                      R"({"link":1})",
                                      "unseen",
                                      at.engine.time.at});
  }
  auto c = at.connect();
  auto first = c.call("GET", "/v1/users/u_1/inbox?limit=3").json();
  auto second = c.call("GET", "/v1/users/u_1/inbox?limit=3&cursor=" + first["next_cursor"].get<std::string>()).json();
  CHECK(first["data"][0]["type"] == "type_4");
  CHECK(first["data"][0]["data"]["link"] == 1);
  CHECK(second["data"].size() == 2);
  CHECK(second["next_cursor"].is_null());

  auto mark = [&](const std::string& user, const std::string& state) {
    return c.call("POST", "/v1/users/" + user + "/inbox/" + items[0].delivery_id + '/' + state);
  };
  CHECK(mark("u_1", "read").json()["state"] == "read");
  CHECK(c.call("GET", "/v1/notifications/" + items[0].id).json()["status"] == "read");
  CHECK(c.call("GET", "/v1/users/u_1/inbox/counts").json() == json{{"unseen", 4}, {"unread", 4}, {"total", 5}});
  CHECK(mark("somebody_else", "read").status == 404);
  CHECK(mark("u_1", "eaten").status == 404);
  CHECK(mark("u_1", "unread").status == 200);
  CHECK(c.call("POST", "/v1/users/u_1/inbox/read-all").status == 204);
  CHECK(c.call("GET", "/v1/users/u_1/inbox/counts").json()["unread"] == 0);
  CHECK(c.call("GET", "/v1/users/u_1/inbox?state=eaten").status == 400);
}
