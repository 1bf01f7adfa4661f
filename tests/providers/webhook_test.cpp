#include "actors/providers/webhook.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "actors/providers/crypto.hpp"
#include "tests/providers/provider_fixtures.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

// standard-webhooks/standard-webhooks, libraries/*/test: the published vector.
constexpr auto vector_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr auto vector_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr auto vector_timestamp = "1614265330";
constexpr auto vector_body = R"({"test": 2432232314})";
constexpr auto vector_signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

call_fixture hook(std::string url = "https://hooks.example.org/in?x=1") {
  call_fixture out{channel::webhook, std::move(url)};
  out.provider.signing_secrets = {secret{vector_secret}};
  return out;
}

std::string value_of(const wire_request& request, std::string_view name) {
  for (auto& one : request.headers)
    if (one.name == name)
      return one.value;
  return {};
}

} // namespace

TEST_CASE("the published Standard Webhooks vector is met") {
  auto key = webhook_key(secret{vector_secret});
  REQUIRE(key);
  CHECK(webhook_signature({*key}, vector_id, vector_timestamp, vector_body) == vector_signature);
}

TEST_CASE("while secrets rotate every one signs, newest first") {
  auto key = webhook_key(secret{vector_secret});
  REQUIRE(key);
  auto both = webhook_signature({std::string(32, 'n'), *key}, vector_id, vector_timestamp, vector_body);
  auto alone = webhook_signature({std::string(32, 'n')}, vector_id, vector_timestamp, vector_body);
  CHECK(both == alone + " " + vector_signature);
}

TEST_CASE("a signing secret is whsec_ and the base64 of 24 to 64 bytes") {
  for (std::size_t size : {24, 32, 64})
    CHECK(webhook_key(secret{"whsec_" + base64(std::string(size, 'k'))}) == std::string(size, 'k'));
  for (std::size_t size : {0, 23, 65})
    CHECK_FALSE(webhook_key(secret{"whsec_" + base64(std::string(size, 'k'))}));
  for (auto* wrong : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
                      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    CHECK_FALSE(webhook_key(secret{wrong}));
}

TEST_CASE("base64 is that of RFC 4648 and reads only itself") {
  for (auto& [plain, coded] :
       {std::pair{"", ""}, std::pair{"f", "Zg=="}, std::pair{"fo", "Zm8="}, std::pair{"foo", "Zm9v"},
        std::pair{"foob", "Zm9vYg=="}, std::pair{"foobar", "Zm9vYmFy"}}) {
    CHECK(base64(plain) == coded);
    CHECK(from_base64(coded) == plain);
  }
  for (auto* wrong : {"Z", "Zg", "Zg=", "Zh==", "Zg===", "=Zg=", "Zm 8", "Zm8=\n"})
    CHECK_FALSE(from_base64(wrong));
  CHECK(base64url("\xfb\xff") == "-_8");
  CHECK(from_base64url("-_8") == "\xfb\xff");
}

TEST_CASE("a webhook call is guarded and carries body, id, time and signature") {
  auto fixture = hook();
  fixture.n.content.data = R"({"order": "A123", "n": [1, 2]})";
  auto request = make_webhook(fixture.context());
  REQUIRE(request);
  CHECK(request->guarded);
  CHECK(request->method == "POST");
  CHECK(request->url == fixture.d.address);
  CHECK(value_of(*request, "content-type") == "application/json");
  CHECK(value_of(*request, "webhook-id") == "019aa5b2-3c4d-7e6f-8b9b-0c1d2e3f4a5c");
  CHECK(value_of(*request, "webhook-timestamp") == "1795245918");
  CHECK(value_of(*request, "webhook-signature")
        == webhook_signature({*webhook_key(secret{vector_secret})}, value_of(*request, "webhook-id"), "1795245918",
                             request->body));
  CHECK(nlohmann::json::parse(request->body) == nlohmann::json::parse(R"({
    "type": "order.shipped", "timestamp": "2026-11-21T06:25:18.250Z",
    "data": {"notification_id": "019aa5b2-3c4d-7e6f-8a9b-0c1d2e3f4a5b",
             "delivery_id": "019aa5b2-3c4d-7e6f-8b9b-0c1d2e3f4a5c", "user_id": "u_1",
             "title": "Your order", "body": "It is on its way.", "data": {"order": "A123", "n": [1, 2]}}})"));
}

TEST_CASE("a later attempt has the same id and body and its own time") {
  auto fixture = hook();
  auto first = make_webhook(fixture.context());
  auto later = make_webhook(fixture.context(a_saturday + std::chrono::hours{1}));
  CHECK(first->body == later->body);
  CHECK(value_of(*first, "webhook-id") == value_of(*later, "webhook-id"));
  CHECK(value_of(*later, "webhook-timestamp") == "1795249518");
  CHECK(value_of(*first, "webhook-signature") != value_of(*later, "webhook-signature"));
}

TEST_CASE("a webhook that is no http URL is a bad address") {
  for (std::string url :
       {"", "hooks.example.org", "ftp://example.org/", "file:///etc/passwd", "http://", "https:///x", "http://user@/",
        "http://:80/", "https://example.org/a b", "https://example.org/\r\nx: y", "https://ex\xc3\xa4mple.org/"}) {
    INFO(url);
    auto request = make_webhook(hook(url).context());
    REQUIRE_FALSE(request);
    CHECK(meaning_of_fault(request.error()).outcome == outcome::bad_address);
  }
  CHECK_FALSE(make_webhook(hook("https://example.org/" + std::string(3'000, 'x')).context()));
  for (std::string url : {"http://example.org", "https://u:p@[2001:db8::1]:8443/x#y"})
    CHECK(make_webhook(hook(url).context()));
}

TEST_CASE("a webhook without a usable secret, or too large, is a bad message") {
  auto without = hook();
  without.provider.signing_secrets.clear();
  auto unusable = hook();
  unusable.provider.signing_secrets = {secret{"whsec_c2hvcnQ="}};
  auto large = hook();
  large.n.content.body = std::string(webhook_body_bytes, 'x');
  auto not_json = hook();
  not_json.n.content.data = "{";
  for (auto* fixture : {&without, &unusable, &large, &not_json}) {
    auto request = make_webhook(fixture->context());
    REQUIRE_FALSE(request);
    CHECK(meaning_of_fault(request.error()).outcome == outcome::bad_message);
    CHECK(request.error().detail.find("c2hvcnQ") == std::string::npos);
  }
}

TEST_CASE("each answer of an endpoint has its outcome") {
  struct row {
    int status;
    outcome what;
  };
  for (auto& [status, what] : {row{200, outcome::accepted}, row{202, outcome::accepted}, row{204, outcome::accepted},
                               row{299, outcome::accepted}, row{301, outcome::retry}, row{307, outcome::retry},
                               row{400, outcome::retry}, row{401, outcome::retry}, row{404, outcome::retry},
                               row{410, outcome::bad_address}, row{429, outcome::throttled}, row{500, outcome::retry},
                               row{502, outcome::retry}, row{503, outcome::retry}, row{504, outcome::retry}}) {
    INFO(status);
    auto meaning = read_webhook(answered(status, "", {{"retry-after", "9"}}), a_saturday);
    CHECK(meaning.outcome == what);
    CHECK(meaning.code == std::to_string(status));
    CHECK(meaning.retry_after.has_value() == (what != outcome::accepted));
  }
}

TEST_CASE("what an endpoint says in its refusal is shown without addresses") {
  auto meaning = read_webhook(answered(500, "no user\nann@example.org"), a_saturday);
  CHECK(meaning.detail == "The endpoint answered 500: no user …");
}
