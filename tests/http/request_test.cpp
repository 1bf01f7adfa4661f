#include "runtime/http/request.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "actors/policy/choice.hpp"
#include "messages/json_text.hpp"

using namespace carillon;
using namespace carillon::http;

namespace {

const sys_time now = std::chrono::sys_days{std::chrono::year{2025} / 6 / 1};

options test_options() {
  options out;
  out.categories = built_in_categories();
  out.types["alarm"].priority = priority::critical;
  return out;
}

json good() {
  return {{"user_id", "u"}, {"type", "t"}, {"content", {{"title", "T"}, {"body", "B"}}}};
}

result<notification_request> read(const json& body, const std::optional<std::string>& key = {}) {
  static const options config = test_options();
  return read_notification(body, config, now, key);
}

json with(const char* merge) {
  auto body = good();
  body.merge_patch(json::parse(merge)); // null takes a member away
  return body;
}

struct bad_row {
  const char* merge;
  const char* pointer;
  const char* code;
};

const std::vector<bad_row> bad_rows{
  {R"({"user_id":null})", "/user_id", "missing"},
  {R"({"user_id":""})", "/user_id", "range"},
  {R"({"user_id":7})", "/user_id", "type"},
  {R"({"user_id":["u"]})", "/user_id", "type"},
  {R"({"user_id":"a\u0000b"})", "/user_id", "format"},
  {R"({"type":null})", "/type", "missing"},
  {R"({"type":""})", "/type", "range"},
  {R"({"type":true})", "/type", "type"},
  {R"({"category":"gossip"})", "/category", "not_found"},
  {R"({"category":""})", "/category", "range"},
  {R"({"category":1})", "/category", "type"},
  {R"({"priority":"urgent"})", "/priority", "format"},
  {R"({"priority":"HIGH"})", "/priority", "format"},
  {R"({"priority":1})", "/priority", "type"},
  {R"({"channels":"email"})", "/channels", "type"},
  {R"({"channels":[]})", "/channels", "range"},
  {R"({"channels":["email","pigeon"]})", "/channels/1", "format"},
  {R"({"channels":[1]})", "/channels/0", "type"},
  {R"({"channels":["sms","sms"]})", "/channels/1", "conflict"},
  {R"({"channels":["sms","sms","sms","sms","sms","sms","sms","sms"]})", "/channels", "too_many"},
  {R"({"content":null})", "/content", "missing"},
  {R"({"content":"text"})", "/content", "type"},
  {R"({"content":[]})", "/content", "type"},
  {R"({"content":{"title":null,"body":null}})", "/content", "missing"},
  {R"({"content":{"title":1}})", "/content/title", "type"},
  {R"({"content":{"body":false}})", "/content/body", "type"},
  {R"({"content":{"colour":"red"}})", "/content/colour", "unknown"},
  {R"({"content":{"data":[]}})", "/content/data", "type"},
  {R"({"content":{"email":"x"}})", "/content/email", "type"},
  {R"({"content":{"email":{"subject":1}}})", "/content/email/subject", "type"},
  {R"({"content":{"sms":{"emoji":"x"}}})", "/content/sms/emoji", "unknown"},
  {R"({"content":{"title":"a\u0000b"}})", "/content/title", "format"},
  {R"({"content":null,"template":{"name":"welcome"}})", "/template", "not_found"},
  {R"({"template":{"name":"welcome"}})", "/template", "not_found"},
  {R"({"template":{}})", "/template/name", "missing"},
  {R"({"template":"w"})", "/template", "type"},
  {R"({"template":{"name":"w","data":1}})", "/template/data", "type"},
  {R"({"locale":7})", "/locale", "type"},
  {R"({"locale":""})", "/locale", "range"},
  {R"({"to":"x"})", "/to", "type"},
  {R"({"to":{"pigeon":"x"}})", "/to/pigeon", "unknown"},
  {R"({"to":{"email":"no address"}})", "/to/email", "format"},
  {R"({"to":{"email":"@example.org"}})", "/to/email", "format"},
  {R"({"to":{"email":"a@"}})", "/to/email", "format"},
  {R"({"to":{"email":"a b@example.org"}})", "/to/email", "format"},
  {R"({"to":{"email":"A <a@example.org>"}})", "/to/email", "format"},
  {R"({"to":{"email":"a@example.org\r\nBcc: b@example.org"}})", "/to/email", "format"},
  {R"({"to":{"email":7}})", "/to/email", "type"},
  {R"({"to":{"phone":"0151"}})", "/to/phone", "format"},
  {R"({"to":{"phone":"+0151234"}})", "/to/phone", "format"},
  {R"({"to":{"phone":"+49 151"}})", "/to/phone", "format"},
  {R"({"to":{"phone":"+1234567890123456"}})", "/to/phone", "format"},
  {R"({"to":{"webhook":"ftp://example.org"}})", "/to/webhook", "format"},
  {R"({"to":{"webhook":"https://"}})", "/to/webhook", "format"},
  {R"({"to":{"webhook":"https://u:p@example.org/"}})", "/to/webhook", "format"},
  {R"({"to":{"webhook":"https://exa mple.org/"}})", "/to/webhook", "format"},
  {R"({"to":{"devices":{}}})", "/to/devices", "type"},
  {R"({"to":{"devices":[{"protocol":"fcm"}]}})", "/to/devices/0/token", "missing"},
  {R"({"to":{"devices":[{"token":"t"}]}})", "/to/devices/0/protocol", "missing"},
  {R"({"to":{"devices":[{"protocol":"fcm","token":"t","os":"x"}]}})", "/to/devices/0/os", "unknown"},
  {R"({"to":{"devices":["t"]}})", "/to/devices/0", "type"},
  {R"({"send_at":1700000000})", "/send_at", "type"},
  {R"({"send_at":"soon"})", "/send_at", "format"},
  {R"({"send_at":"2025-06-01T00:00:00"})", "/send_at", "format"},
  {R"({"send_at":"2026-07-01T00:00:00Z"})", "/send_at", "range"},
  {R"({"expires_at":"2025-05-31T23:59:59Z"})", "/expires_at", "range"},
  {R"({"expires_at":"2025-06-02T00:00:00Z","send_at":"2025-06-02T00:00:00Z"})", "/expires_at", "conflict"},
  {R"({"expires_at":false})", "/expires_at", "type"},
  {R"({"metadata":[]})", "/metadata", "type"},
  {R"({"metadata":"x"})", "/metadata", "type"},
  {R"({"idempotency_key":""})", "/idempotency_key", "range"},
  {R"({"idempotency_key":1})", "/idempotency_key", "type"},
  {R"({"surprise":1})", "/surprise", "unknown"},
  {R"({"user/id":1})", "/user~1id", "unknown"},
  {R"({"a~b":1})", "/a~0b", "unknown"}};

std::string text_of(std::size_t bytes) {
  return std::string(bytes, 'x');
}

} // namespace

TEST_CASE("each wrong field is named by its pointer and code") {
  auto r = GENERATE(from_range(bad_rows));
  CAPTURE(r.merge);
  auto got = read(with(r.merge));
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::invalid_request);
  auto& fields = got.error().fields;
  INFO("got " << fields.front().pointer << ' ' << fields.front().code);
  bool named = std::any_of(fields.begin(), fields.end(),
                           [&](auto& f) { return f.pointer == r.pointer && f.code == r.code && !f.detail.empty(); });
  CHECK(named);
}

TEST_CASE("null is not the same as absent") {
  auto body = good();
  body["locale"] = nullptr;
  auto got = read(body);
  REQUIRE_FALSE(got);
  CHECK(got.error().fields.front().pointer == "/locale");
}

TEST_CASE("every wrong field is named at once") {
  auto got = read(json::parse(R"({"type":1,"priority":"urgent","surprise":true,"to":{"phone":"x"}})"));
  REQUIRE_FALSE(got);
  CHECK(got.error().fields.size() == 6); // user_id and content are missing besides
}

TEST_CASE("an undeclared category is named beside a missing type") {
  auto got = read(with(R"({"type":null,"category":"gossip"})"));
  REQUIRE_FALSE(got);
  REQUIRE(got.error().fields.size() == 2);
  CHECK(got.error().fields[0].pointer == "/type");
  CHECK(got.error().fields[1].pointer == "/category");
}

TEST_CASE("a body that is no object is wrong as a whole") {
  for (auto* text : {"[]", "1", "null", "\"x\"", "[{}]"}) {
    auto got = read(json::parse(text));
    REQUIRE_FALSE(got);
    CHECK(got.error().fields.size() == 1);
    CHECK(got.error().fields.front().pointer.empty());
  }
}

TEST_CASE("names are taken up to their bound and not a byte further") {
  for (auto* field : {"user_id", "type", "locale"}) {
    auto body = good();
    body[field] = text_of(bounds::name_bytes);
    CHECK(read(body));
    body[field] = text_of(bounds::name_bytes + 1);
    auto got = read(body);
    REQUIRE_FALSE(got);
    CHECK(got.error().fields.front().code == "too_long");
  }
}

TEST_CASE("an idempotency key stands in the header, the field, or both alike") {
  auto body = good();
  CHECK_FALSE(read(body)->claim);
  CHECK(read(body, "k")->claim->key == "k");
  body["idempotency_key"] = "k";
  CHECK(read(body)->claim->key == "k");
  CHECK(read(body, "k")->claim->key == "k");
  auto got = read(body, "other");
  REQUIRE_FALSE(got);
  CHECK(got.error().fields.front().code == "conflict");
}

TEST_CASE("a key in the header is a bad header past its bound, in the field a wrong field") {
  CHECK(check_key_header(text_of(255)));
  CHECK(check_key_header(text_of(256)).error().code == errc::bad_header);
  CHECK(check_key_header("").error().code == errc::bad_header);
  auto body = good();
  body["idempotency_key"] = text_of(256);
  CHECK(read(body).error().fields.front().code == "too_long");
}

TEST_CASE("a send_at that has passed means now") {
  auto got = read(with(R"({"send_at":"2025-05-01T00:00:00Z"})"));
  REQUIRE(got);
  CHECK_FALSE(got->command.send_at);
  CHECK(read(with(R"({"send_at":"2025-06-02T00:00:00Z"})"))->command.send_at);
}

TEST_CASE("the lane comes from the priority, else from the type") {
  CHECK(read(good())->lane == lane::bulk);
  CHECK(read(with(R"({"priority":"high"})"))->lane == lane::critical);
  CHECK(read(with(R"({"type":"alarm"})"))->lane == lane::critical);
  CHECK(read(with(R"({"type":"alarm","priority":"low"})"))->lane == lane::bulk);
}

TEST_CASE("one channel's content is enough") {
  CHECK(read(with(R"({"content":{"title":null,"body":null,"sms":{"body":"B"}}})")));
}

TEST_CASE("the digest is of what is said, not of how it is written") {
  auto digest = [](const char* text) {
    auto read_body = parse_json(text);
    REQUIRE(read_body);
    auto got = read(*read_body, "k");
    REQUIRE(got);
    return got->claim->digest;
  };
  auto plain = digest(R"({"user_id":"u","type":"t","content":{"title":"T","body":"B"}})");
  CHECK(plain == digest(R"({"content":{"body":"B","title":"T"}, "type":"t", "user_id":"\u0075"})"));
  CHECK(plain == digest(R"({"user_id":"u","type":"t","content":{"title":"T","body":"B"},"idempotency_key":"k"})"));
  CHECK(plain == digest(R"({"user_id":"u","type":"t","content":{"title":"T","body":"B","data":{}},"metadata":{}})"));
  CHECK(plain != digest(R"({"user_id":"u","type":"t","content":{"title":"T","body":"C"}})"));
  CHECK(plain != digest(R"({"user_id":"u","type":"t","content":{"title":"T","body":"B"},"priority":"medium"})"));
  CHECK(digest(R"({"user_id":"u","type":"t","content":{"title":"T"},"send_at":"2025-07-01T02:00:00+02:00"})")
        == digest(R"({"user_id":"u","type":"t","content":{"title":"T"},"send_at":"2025-07-01T00:00:00Z"})"));
}

TEST_CASE("a repeat after send_at has passed has the digest of the first") {
  static const options config = test_options();
  auto body = with(R"({"send_at":"2025-06-02T00:00:00Z"})");
  auto before = read_notification(body, config, now, "k");
  auto after = read_notification(body, config, now + std::chrono::days{2}, "k");
  CHECK(before->claim->digest == after->claim->digest);
}

TEST_CASE("JSON is taken strictly") {
  auto text = GENERATE("", "{", "nonsense", "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\xaf\"}", R"({"a":1} {"b":2})",
                       R"({"a":NaN})", R"({"a":"\ud800"})", R"({"a":1,"a":2})", R"({"a":{"b":1,"b":1}})", R"({'a':1})",
                       R"({"a":1,})", R"({"a":01})", R"({"a":1e999})", "{\"a\":\"\n\"}", "\x01");
  CAPTURE(text);
  auto got = parse_json(text);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::malformed_json);
}

TEST_CASE("JSON does not end at a null byte, nor begin with a byte order mark") {
  CHECK(parse_json(R"({"a":1})"));
  CHECK_FALSE(parse_json(std::string{R"({"a":1})"} + '\0'));
  CHECK_FALSE(parse_json(std::string{R"({"a":1})"} + '\0' + R"({"b":2})"));
  CHECK_FALSE(parse_json("\xef\xbb\xbf{}"));
}

TEST_CASE("JSON nests to its bound and no deeper") {
  auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(parse_json(nested(bounds::json_depth)));
  CHECK_FALSE(parse_json(nested(bounds::json_depth + 1)));
  CHECK_FALSE(parse_json(std::string(100'000, '[')));
}

TEST_CASE("UTF-8 is checked as RFC 3629 has it") {
  for (auto* text : {"", "a", "ü", "€", "😀", "\xf4\x8f\xbf\xbf"})
    CHECK(is_utf8(text));
  for (auto* text : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                     "\xf5\x80\x80\x80", "\xff", "a\xe2\x82"})
    CHECK_FALSE(is_utf8(text));
}
