#include "actors/policy/packed_person.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

const space home{"acme", mode::test};

std::shared_ptr<user> everything() {
  auto who = std::make_shared<user>();
  who->space = home;
  who->id = "u_1";
  who->contacts = {"a@example.org", "+49151", "https://example.org/h", "17", std::string(300, 'c'), {}};
  who->contacts.devices = {{"fcm", "token 1"}, {"apns", ""}};
  who->time_zone = "Europe/Berlin";
  who->locale = "de";
  who->rules = {{preference_rule::level::type, "alarm", channel::sms, false},
                {preference_rule::level::category, "marketing", std::nullopt, true},
                {preference_rule::level::any, "", channel::email, false}};
  who->quiet_hours = quiet_window{22 * 60, 8 * 60, 0x1f, "Asia/Tokyo"};
  return who;
}

} // namespace

TEST_CASE("a packed person is what decisions read of it") {
  person whole;
  auto who = everything();
  who->attributes = R"({"x":1})"; // no decision reads it
  whole.who = who;
  whole.suppressed = {{channel::email, "a@example.org"}, {channel::webhook, "https://example.org/h"}};
  whole.erased = true;
  whole.good_until = sys_time{duration{17}};
  packed_person packed{whole};
  CHECK(packed.good_until() == whole.good_until);
  auto back = packed.unpack(home, "u_1");
  REQUIRE(back.who);
  CHECK(back.who->space == home);
  CHECK(back.who->id == "u_1");
  CHECK(back.who->contacts == who->contacts);
  CHECK(back.who->time_zone == who->time_zone);
  CHECK(back.who->locale == who->locale);
  CHECK(back.who->rules == who->rules);
  CHECK(back.who->quiet_hours == who->quiet_hours);
  CHECK(back.suppressed == whole.suppressed);
  CHECK(back.erased);
  CHECK(back.good_until == whole.good_until);
}

TEST_CASE("somebody who is not stored stays that") {
  person nobody;
  nobody.suppressed = {{channel::sms, "+49151"}};
  auto back = packed_person{nobody}.unpack(home, "u_1");
  CHECK_FALSE(back.who);
  CHECK_FALSE(back.erased);
  CHECK_FALSE(back.good_until);
  CHECK(back.suppressed == nobody.suppressed);
}

TEST_CASE("an empty person has no choices after unpacking") {
  person stored;
  stored.who = std::make_shared<user>();
  auto back = packed_person{stored}.unpack(home, "u_1");
  REQUIRE(back.who);
  CHECK(back.who->contacts.empty());
  CHECK(back.who->rules.empty());
  CHECK_FALSE(back.who->quiet_hours);
}
