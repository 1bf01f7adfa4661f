#include <future>

#include "tests/http/api_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

TEST_CASE("a notification is read from its lane, addresses masked") {
  running_server at;
  at.start();
  for (auto l : all_lanes) {
    auto n = put_notification(at.engine, l, delivery_status::queued);
    auto body = at.connect().call("GET", "/v1/notifications/" + n.id).json();
    CHECK(body["id"] == n.id);
    CHECK(body["lane"] == std::string{to_string(l)});
    CHECK(body["status"] == "retrying");
    CHECK(body["send_at"].is_null());
    auto& d = body["deliveries"][0];
    CHECK(d["address"] == "s***@example.org");
    CHECK(d["status"] == "retrying");
    CHECK(d["provider"] == "post");
    CHECK(d["attempts"][0]["outcome"] == "retry");
    CHECK(d["decision"]["rule"] == "allowed");
  }
}

TEST_CASE("of an erased notification only id and status are told") {
  running_server at;
  at.start();
  auto n = put_notification(at.engine, lane::bulk, delivery_status::sent);
  auto& kept = at.engine.bulk_store.rows.begin()->second;
  auto erased = std::make_shared<notification>(*kept.n);
  erased->erased = true;
  kept.n = erased;
  auto body = at.connect().call("GET", "/v1/notifications/" + n.id).json();
  CHECK(body == nlohmann::json{{"id", n.id}, {"status", "sent"}, {"erased", true}});
}

TEST_CASE("another tenant's notification does not exist") {
  running_server at;
  at.start();
  auto n = put_notification(at.engine, lane::bulk, delivery_status::sent, channel::email, "u", {"other", mode::live});
  auto c = at.connect();
  CHECK(c.call("GET", "/v1/notifications/" + n.id).status == 404);
  CHECK(c.call("POST", "/v1/notifications/" + n.id + "/cancel").status == 404);
  CHECK(c.call("GET", "/v1/notifications/nonsense").status == 404);
}

TEST_CASE("a list merges both lanes newest first and pages through them without loss") {
  running_server at;
  at.start();
  std::vector<std::string> made;
  for (int i = 0; i < 9; ++i) {
    at.engine.time.at += std::chrono::milliseconds{i % 3}; // some share a key in both lanes
    made.push_back(put_notification(at.engine, i % 2 ? lane::critical : lane::bulk, delivery_status::sent).id);
  }
  auto c = at.connect();
  std::vector<std::string> seen;
  std::string cursor;
  do {
    auto page = c.call("GET", "/v1/notifications?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
    CHECK(page["data"].size() <= 2);
    for (auto& n : page["data"])
      seen.push_back(n["id"]);
    cursor = page["next_cursor"].is_null() ? "" : page["next_cursor"];
  } while (!cursor.empty());
  auto sorted = seen;
  std::sort(sorted.begin(), sorted.end());
  std::sort(made.begin(), made.end());
  CHECK(sorted == made);
}

TEST_CASE("a query that cannot be used is refused") {
  running_server at;
  at.start();
  auto c = at.connect();
  for (std::string query : {"limit=0", "limit=201", "limit=many", "limit=", "cursor=nonsense", "status=gone",
                            "channel=pigeon", "since=yesterday", "colour=red", "user_id=%zz", "cursor=1.-5"}) {
    CAPTURE(query);
    auto answer = c.call("GET", "/v1/notifications?" + query);
    CHECK(answer.status == 400);
    CHECK(answer.code() == "bad_query");
  }
  CHECK(c.call("GET", "/v1/notifications?user_id=a%20b&since=2025-01-01T00:00:00%2B02:00").status == 200);
}

TEST_CASE("every wrong parameter of a query is named at once") {
  running_server at;
  at.start();
  auto detail = at.connect().call("GET", "/v1/notifications?limit=0&channel=pigeon&since=yesterday").json()["detail"];
  for (std::string name : {"limit", "channel", "since"})
    CHECK(detail.get<std::string>().find("The query parameter " + name + " must ") != std::string::npos);
}

TEST_CASE("cancel answers each delivery's state, or that there was nothing to cancel") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto waiting = put_notification(at.engine, lane::bulk, delivery_status::queued);
  auto body = c.call("POST", "/v1/notifications/" + waiting.id + "/cancel").json();
  CHECK(body["deliveries"][0] == nlohmann::json{{"id", waiting.delivery_id}, {"status", "cancelled"}});
  auto again = c.call("POST", "/v1/notifications/" + waiting.id + "/cancel");
  CHECK(again.status == 409);
  CHECK(again.code() == "nothing_to_cancel");
}

TEST_CASE("engagement reaches the delivery and the feed") {
  running_server at;
  at.start();
  auto n = put_notification(at.engine, lane::bulk, delivery_status::delivered, channel::in_app);
  auto id = *parse_uuid(n.id);
  at.engine.inbox_.items.push_back({*parse_uuid(n.delivery_id), id, {}, "u_1", "t", "", "", "{}", "unseen", {}});
  auto c = at.connect();
  CHECK(c.call("POST", "/v1/notifications/" + n.id + "/engagement", R"({"event":"read"})").status == 204);
  CHECK(c.call("GET", "/v1/notifications/" + n.id).json()["status"] == "read");
  CHECK(c.call("GET", "/v1/users/u_1/inbox").json()["data"][0]["state"] == "read");
  CHECK(c.call("POST", "/v1/notifications/" + n.id + "/engagement", R"({"event":"none"})").status == 422);
}

TEST_CASE("a held delivery is resolved by hand, and woken where it is tried again") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto resolve = [&](const made& n, const std::string& outcome) {
    return c.call("POST", "/v1/notifications/" + n.id + "/resolve",
                  R"({"delivery_id":")" + n.delivery_id + R"(","outcome":")" + outcome + "\"}");
  };
  auto held = put_notification(at.engine, lane::critical, delivery_status::held);
  CHECK(resolve(held, "retry").json()["status"] == "retrying");
  CHECK(at.engine.woken == 1);
  CHECK(resolve(held, "sent").code() == "not_held");
  auto other = put_notification(at.engine, lane::bulk, delivery_status::held);
  CHECK(resolve(other, "failed").json()["status"] == "failed");
  CHECK(resolve(other, "gone").json()["errors"][0]["pointer"] == "/outcome");
  auto unseen = put_notification(at.engine, lane::critical, delivery_status::held);
  at.engine.critical_store.unreadable = true; // just after it was resolved
  CHECK(resolve(unseen, "retry").json()["status"] == "retrying");
  CHECK(at.engine.woken == 3);
}

TEST_CASE("a batch answers each item on its own, in order") {
  running_server at;
  at.start();
  auto c = at.connect();
  auto urgent = R"({"user_id":"u","type":"t","priority":"high","content":{"body":"b"}})";
  auto answer = c.call("POST", "/v1/notifications/batch", "[" + good_body + R"(,{"surprise":1},)" + urgent + "]");
  REQUIRE(answer.status == 202);
  auto body = answer.json();
  CHECK(body["accepted"] == 2);
  CHECK(body["rejected"] == 1);
  CHECK(body["results"][0].contains("id"));
  CHECK(body["results"][1]["error"]["code"] == "invalid_request");
  CHECK(body["results"][1]["index"] == 1);
  CHECK(body["results"][2]["lane"] == "critical");
}

TEST_CASE("an item of a batch waits for the answer of another one with its key, and for no other") {
  running_server at;
  at.engine.hold = true;
  at.start();
  auto item = [](const std::string& key) {
    return R"({"user_id":"u","type":"t","content":{"body":"b"},"idempotency_key":")" + key + "\"}";
  };
  auto body = "[" + item("k") + "," + item("k") + "," + item("other") + "," + item("k") + "]";
  auto answer =
    std::async(std::launch::async, [&] { return at.connect().call("POST", "/v1/notifications/batch", body).json(); });
  REQUIRE(at.engine.wait_submitted(2));
  at.engine.release_one();
  REQUIRE(at.engine.wait_submitted(3));
  at.engine.release_one();
  at.engine.release_one();
  REQUIRE(at.engine.wait_submitted(4));
  at.engine.release_one();
  CHECK(answer.get()["accepted"] == 4);
  std::vector<std::string> keys;
  for (auto& seen : at.engine.submitted)
    keys.push_back(seen.claim->key);
  CHECK(keys == std::vector<std::string>{"k", "other", "k", "k"});
}

TEST_CASE("a batch may be lines of JSON; one that cannot be read is one item refused") {
  running_server at;
  at.start();
  auto body = at.connect()
                .call("POST", "/v1/notifications/batch", good_body + "\r\n\n{not json\n" + good_body,
                      "Content-Type: application/x-ndjson\r\n")
                .json();
  CHECK(body["accepted"] == 2);
  CHECK(body["results"][1]["error"]["code"] == "malformed_json");
}

TEST_CASE("a thousand items pass a narrow door, one more is too many") {
  auto config = fake_engine::default_test_options();
  config.lanes[lane::bulk].accept_queue = 3;
  config.lanes[lane::bulk].door_queue = 40;
  running_server at{config};
  at.start();
  auto items = [](int count) {
    std::string out = "[";
    for (int i = 0; i < count; ++i)
      out += (i ? "," : "") + good_body;
    return out + "]";
  };
  auto c = at.connect();
  CHECK(c.call("POST", "/v1/notifications/batch", items(1000)).json()["accepted"] == 1000);
  CHECK(c.call("POST", "/v1/notifications/batch", items(1001)).status == 422);
  CHECK(c.call("POST", "/v1/notifications/batch", "[]").status == 422);
  CHECK(c.call("POST", "/v1/notifications/batch", good_body).status == 422);
  CHECK(c.call("POST", "/v1/notifications/batch", "[").status == 400);
  CHECK(c.call("POST", "/v1/notifications/batch", items(1), "Idempotency-Key: k\r\n").status == 400);
}

TEST_CASE("explain shows decision, providers, content and limits, and submits nothing durable") {
  running_server at;
  explained_delivery e;
  e.d.address = "+4915112345678";
  e.d.channel = channel::sms;
  e.d.decision = {"quiet_hours", "it is night there"};
  e.d.status = delivery_status::scheduled;
  e.providers = {"first", "second"};
  e.what = {"T", "B", "", "{}"};
  e.earliest_at = at.engine.time.at;
  e.limits = {{"per_user", 4.5, at.engine.time.at}};
  at.engine.explain_with.deliveries = {e};
  at.start();
  auto body = at.connect().call("POST", "/v1/notifications/explain", good_body).json()["deliveries"][0];
  CHECK(body["address"] == "+49***78");
  CHECK(body["status"] == "scheduled");
  CHECK(body["decision"]["rule"] == "quiet_hours");
  CHECK(body["providers"][1] == "second");
  CHECK(body["content"]["body"] == "B");
  CHECK(body["limits"][0]["remaining"] == 4.5);
}

namespace {

provider_status standing_still(sys_time until) {
  provider_view view{"post", "smtp", channel::email};
  view.slots = 4;
  view.breaker = breaker_state::open;
  view.reopens_at = until;
  view.passed_over = true;
  return {view, view};
}

options with_provider_post() {
  auto config = fake_engine::default_test_options();
  config.providers["post"] = {};
  config.channels[channel::email].providers = {"post"};
  return config;
}

} // namespace

TEST_CASE("what waits says for which provider, why and until when, alone and in a list") {
  running_server at{with_provider_post()};
  at.engine.provider_list = {standing_still(at.engine.time.at + std::chrono::seconds{30})};
  at.start();
  auto n = put_notification(at.engine, lane::bulk, delivery_status::queued);
  auto c = at.connect();
  for (auto& body :
       {c.call("GET", "/v1/notifications/" + n.id).json(), c.call("GET", "/v1/notifications").json()["data"][0]}) {
    auto& waits = body["deliveries"][0]["waiting_for"];
    CHECK(waits["provider"] == "post");
    CHECK(waits["rule"] == "waits.breaker");
    CHECK(waits["until"] == "2025-06-01T12:00:30Z");
    CHECK(waits["reason"].get<std::string>().find("open after failures") != std::string::npos);
  }
}

TEST_CASE("the providers are not asked about what does not wait, and nothing is said where they do not answer") {
  running_server at{with_provider_post()};
  at.start();
  auto c = at.connect();
  auto sent = put_notification(at.engine, lane::bulk, delivery_status::sent);
  CHECK_FALSE(c.call("GET", "/v1/notifications/" + sent.id).json()["deliveries"][0].contains("waiting_for"));
  CHECK(at.engine.glances == 0);
  auto waits = put_notification(at.engine, lane::bulk, delivery_status::queued);
  CHECK_FALSE(c.call("GET", "/v1/notifications/" + waits.id).json()["deliveries"][0].contains("waiting_for"));
  CHECK(at.engine.glances == 1);
}

TEST_CASE("explain tells the wait for a provider, and no earlier time than its end") {
  running_server at{with_provider_post()};
  auto until = at.engine.time.at + std::chrono::seconds{30};
  at.engine.provider_list = {standing_still(until)};
  explained_delivery e;
  e.d.address = "a@example.org";
  e.providers = {"post"};
  e.earliest_at = at.engine.time.at;
  at.engine.explain_with.deliveries = {e};
  at.start();
  auto explained = [&] {
    return at.connect().call("POST", "/v1/notifications/explain", good_body).json()["deliveries"][0];
  };
  CHECK(explained()["waiting_for"]["rule"] == "waits.breaker");
  CHECK(explained()["earliest_at"] == "2025-06-01T12:00:30Z");
  provider_view free{"post", "smtp", channel::email};
  free.slots = 4;
  at.engine.provider_list = {{free, free}};
  CHECK_FALSE(explained().contains("waiting_for"));
  at.engine.explain_with.deliveries[0].behind = true;
  CHECK(explained()["waiting_for"]["rule"] == "waits.turn");
}

TEST_CASE("a notification names the request it came with, and a cancel by hand is logged with both requests") {
  running_server at;
  at.start();
  auto n = put_notification(at.engine, lane::bulk, delivery_status::queued);
  auto named = std::make_shared<notification>(*at.engine.bulk_store.rows.begin()->second.n);
  named->correlation_id = "r_1";
  at.engine.bulk_store.rows.begin()->second.n = named;
  auto c = at.connect();
  CHECK(c.call("GET", "/v1/notifications/" + n.id).json()["request_id"] == "r_1");
  c.call("POST", "/v1/notifications/" + n.id + "/cancel", "", "X-Request-Id: r_2\r\n");
  auto& lines = at.engine.telemetry_;
  std::scoped_lock guard{lines.mutex};
  auto found = std::find_if(lines.logged.begin(), lines.logged.end(),
                            [](auto& line) { return line.first == "notification.cancelled"; });
  REQUIRE(found != lines.logged.end());
  CHECK(found->second[0].second == "r_1");
  CHECK(found->second[2].second == "r_2");
}
