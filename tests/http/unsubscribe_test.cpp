// The links in mails: a page that changes nothing, and the click that does.
#include "actors/providers/unsubscribe.hpp"
#include "tests/http/server_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

const unsubscribe_claim shop_mail{{}, "u_1", "promotional", channel::email};
const std::string one_click = "Content-Type: application/x-www-form-urlencoded\r\n";

std::string link_of(running_server& at, const unsubscribe_claim& claim) {
  return "/u/" + unsubscribe_token(claim, at.engine.links);
}

reply_text click(running_server& at, const std::string& link) {
  return at.connect().call("POST", link, "List-Unsubscribe=One-Click", one_click);
}

const std::vector<preference_rule>& rules_of(running_server& at, const unsubscribe_claim& claim) {
  return at.engine.control_.users.at({claim.space, claim.user_id}).rules;
}

const preference_rule turned_off{preference_rule::level::category, "promotional", channel::email, false};

} // namespace

TEST_CASE("the page of an unsubscribe link says what it would stop and changes nothing") {
  running_server at;
  at.start();
  auto page = at.connect().call("GET", link_of(at, shop_mail));
  CHECK(page.status == 200);
  CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.field("Cache-Control") == "no-store");
  CHECK(page.field("Content-Security-Policy").find("frame-ancestors 'none'") != std::string::npos);
  CHECK(page.body.find("<b>promotional</b> messages by email") != std::string::npos);
  CHECK(page.body.find("<form method=\"post\">") != std::string::npos);
  CHECK(at.connect().call("HEAD", link_of(at, shop_mail)).status == 200);
  CHECK(at.engine.control_.users.empty());
  CHECK(at.engine.changes.empty());
}

TEST_CASE("one click turns the category off on that channel, without a key, and is announced") {
  auto config = fake_engine::default_test_options();
  config.auth.required = true;
  running_server at{config};
  at.start();
  auto done = click(at, link_of(at, shop_mail));
  CHECK(done.status == 200);
  CHECK(done.body.find("You will not receive <b>promotional</b> messages by email") != std::string::npos);
  CHECK(rules_of(at, shop_mail) == std::vector{turned_off});
  REQUIRE(at.engine.changes.size() == 1);
  CHECK(at.engine.changes[0].user_id == "u_1");
}

TEST_CASE("who was erased is not written down again for having clicked") {
  running_server at;
  at.start();
  at.connect().call("PUT", "/v1/users/u_1", R"({"locale":"de"})");
  CHECK(at.connect().call("DELETE", "/v1/users/u_1").status == 204);
  CHECK(click(at, link_of(at, shop_mail)).status == 200);
  CHECK(at.engine.control_.users.empty());
}

TEST_CASE("a click leaves the person's other choices as they are, and a second one changes nothing more") {
  running_server at;
  at.start();
  at.connect().call("PUT", "/v1/users/u_1/preferences", R"({"preferences":[
    {"category":"promotional","channel":"email","enabled":true},{"type":"t","channel":"sms","enabled":false}],
    "quiet_hours":{"start":"22:00","end":"07:00"}})");
  CHECK(click(at, link_of(at, shop_mail)).status == 200);
  CHECK(click(at, link_of(at, shop_mail)).status == 200);
  preference_rule other{preference_rule::level::type, "t", channel::sms, false};
  CHECK(rules_of(at, shop_mail) == std::vector{other, turned_off});
  CHECK(at.engine.control_.users.at({{}, "u_1"}).quiet_hours);
}

TEST_CASE("a click counts in the space of its token only") {
  running_server at;
  at.start();
  auto claim = shop_mail;
  claim.space = {"acme", mode::test};
  CHECK(click(at, link_of(at, claim)).status == 200);
  CHECK(at.engine.control_.users.size() == 1);
  CHECK(rules_of(at, claim) == std::vector{turned_off});
}

TEST_CASE("a link that is not ours, or not whole, is not found and does nothing") {
  running_server at;
  at.start();
  auto good = link_of(at, shop_mail);
  auto forged = good;
  forged[10] = forged[10] == 'A' ? 'B' : 'A';
  for (auto& link : {forged, good.substr(0, good.size() - 1), good.substr(0, good.find('.')), good + "A",
                     "/u/" + unsubscribe_token(shop_mail, secret{"another key"}), std::string{"/u/."}}) {
    CAPTURE(link);
    CHECK(at.connect().call("GET", link).status == 404);
    CHECK(click(at, link).status == 404);
  }
  at.engine.links = {};
  CHECK(click(at, "/u/" + unsubscribe_token(shop_mail, {})).status == 404);
  CHECK(at.engine.control_.users.empty());
}

TEST_CASE("a link works for the longest ids and names there may be") {
  running_server at;
  at.start();
  unsubscribe_claim claim{
    {std::string(255, 't'), mode::live}, std::string(255, '"'), std::string(255, 'c'), channel::email};
  auto link = link_of(at, claim);
  REQUIRE(link.size() > 1'000);
  CHECK(at.connect().call("GET", link).status == 200);
  CHECK(click(at, link).status == 200);
  CHECK(rules_of(at, claim).size() == 1);
}

TEST_CASE("names are shown on the page as text, never as markup") {
  running_server at;
  at.start();
  auto claim = shop_mail;
  claim.category = "<script>\"&";
  auto page = at.connect().call("GET", link_of(at, claim));
  CHECK(page.body.find("<b>&lt;script&gt;&quot;&amp;</b>") != std::string::npos);
}

TEST_CASE("a click wins over others who change the person meanwhile, or asks to be repeated") {
  running_server at;
  at.start();
  at.engine.control_.faster_writers = 2;
  CHECK(click(at, link_of(at, shop_mail)).status == 200);
  at.engine.control_.faster_writers = 3;
  auto late = click(at, link_of(at, shop_mail));
  CHECK(late.status == 503);
  CHECK(late.field("Retry-After") == "1");
}
