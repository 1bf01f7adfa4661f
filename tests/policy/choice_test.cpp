#include "actors/policy/choice.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;
using enum delivery_status;
using level = preference_rule::level;

namespace {

constexpr sys_time noon{std::chrono::sys_days{std::chrono::March / 4 / 2026} + 12h};
constexpr sys_time night = noon + 11h;   // 23:00 UTC
constexpr sys_time morning = noon + 20h; // 08:00 UTC
const std::string address = "a@example.org";

/// A request that nothing stands against; the tests change one thing each.
struct request {
  options config;
  feature_settings settings;
  user who;
  person looked_up;
  type_options type;
  category_options category;
  carillon::priority priority = priority::medium;
  std::string to = address;
  std::optional<sys_time> send_at, expires_at;
  sys_time now = noon;
  bool stored = true;

  void prefer(level on, std::optional<channel> where, bool enabled) {
    auto name = on == level::type ? "order_shipped" : on == level::category ? "orders" : "";
    who.rules.push_back({on, name, where, enabled});
  }
  void quiet_at_night() {
    category.quiet_hours = true;
    who.quiet_hours = quiet_window{};
    now = night;
  }
  verdict decide() {
    looked_up.who = stored ? std::make_shared<user>(who) : nullptr;
    choice_input in{.config = config,
                    .settings = &settings,
                    .who = looked_up,
                    .type = type,
                    .category = category,
                    .type_name = "order_shipped",
                    .category_name = "orders",
                    .priority = priority,
                    .channel = channel::email,
                    .address = to,
                    .send_at = send_at,
                    .expires_at = expires_at,
                    .now = now};
    return carillon::decide(in);
  }
  std::string rule() { return decide().why.rule; }
};

void expect(const verdict& v, delivery_status status, const std::string& rule) {
  CAPTURE(v.why.rule, v.why.reason);
  CHECK(v.status == status);
  CHECK(v.why.rule == rule);
  CHECK(v.why.reason.ends_with('.'));
  CHECK(v.due.has_value() == (status == scheduled));
}

} // namespace

TEST_CASE("without anything against it a delivery is queued") {
  expect(request{}.decide(), queued, "allowed");
}

TEST_CASE("a person who is not stored is reached as well") {
  request r;
  r.stored = false;
  expect(r.decide(), queued, "allowed");
}

TEST_CASE("a switched-off channel or type is suppressed") {
  request r;
  r.settings.channels[channel::email] = false;
  expect(r.decide(), suppressed, "settings.channel_off");
  r.settings.channels[channel::email] = true;
  r.settings.channels[channel::sms] = false;
  expect(r.decide(), queued, "allowed");
  r.settings.types["order_shipped"] = false;
  expect(r.decide(), suppressed, "settings.type_off");
}

TEST_CASE("an erased person is not contacted") {
  request r;
  r.looked_up.erased = true;
  expect(r.decide(), suppressed, "person.erased");
}

TEST_CASE("without an address the delivery fails") {
  request r;
  r.to.clear();
  expect(r.decide(), failed, "no_address");
}

TEST_CASE("an address on the ledger of this channel is suppressed") {
  request r;
  r.looked_up.suppressed = {{channel::sms, address}, {channel::email, "other@example.org"}};
  expect(r.decide(), queued, "allowed");
  r.looked_up.suppressed.emplace_back(channel::email, address);
  expect(r.decide(), suppressed, "suppression");
}

TEST_CASE("what has expired is not sent") {
  request r;
  r.expires_at = noon + 1us;
  expect(r.decide(), queued, "allowed");
  r.expires_at = noon;
  expect(r.decide(), expired, "expired");
}

TEST_CASE("every kind of choice is named") {
  struct row {
    level on;
    std::optional<channel> where;
    std::string rule;
  };
  for (auto& [on, where, rule] :
       {row{level::type, channel::email, "preference.type_channel"}, row{level::type, std::nullopt, "preference.type"},
        row{level::category, channel::email, "preference.category_channel"},
        row{level::category, std::nullopt, "preference.category"},
        row{level::any, channel::email, "preference.any_channel"}, row{level::any, std::nullopt, "preference.any"}}) {
    request off, on_request;
    off.prefer(on, where, false);
    expect(off.decide(), suppressed, rule);
    on_request.prefer(on, where, true);
    expect(on_request.decide(), queued, rule);
  }
}

TEST_CASE("a choice says in words what it is about") {
  request r;
  r.prefer(level::type, channel::email, false);
  CHECK(r.decide().why.reason == "The person does not want the type \"order_shipped\" on email.");
  r.who.rules.clear();
  r.prefer(level::any, std::nullopt, true);
  CHECK(r.decide().why.reason == "The person allows notifications on any channel.");
}

TEST_CASE("a choice for another type, category or channel does not count") {
  request r;
  r.who.rules = {{level::type, "other", std::nullopt, false},
                 {level::category, "other", std::nullopt, false},
                 {level::type, "orders", std::nullopt, false},
                 {level::any, "", channel::sms, false}};
  expect(r.decide(), queued, "allowed");
}

TEST_CASE("a category that is off by default waits for the person's yes") {
  request r;
  r.category.default_enabled = false;
  expect(r.decide(), suppressed, "category.default");
  r.prefer(level::category, std::nullopt, true);
  expect(r.decide(), queued, "preference.category");
}

TEST_CASE("a category without opt-out ignores one") {
  request r;
  r.category.opt_out = false;
  r.prefer(level::any, std::nullopt, false);
  expect(r.decide(), queued, "category.no_opt_out");
}

TEST_CASE("mandatory beats a choice, a default and quiet hours") {
  request r;
  r.type.mandatory = true;
  expect(r.decide(), queued, "allowed");
  r.quiet_at_night();
  expect(r.decide(), queued, "mandatory");
  r.prefer(level::type, channel::email, false);
  expect(r.decide(), queued, "mandatory");
  r.who = {};
  r.category = {};
  r.category.default_enabled = false;
  expect(r.decide(), queued, "mandatory");
}

TEST_CASE("mandatory never beats a suppression, a kill switch, an erasure or expiry") {
  request r;
  r.type.mandatory = true;
  r.expires_at = noon;
  CHECK(r.rule() == "expired");
  r.looked_up.suppressed = {{channel::email, address}};
  CHECK(r.rule() == "suppression");
  r.looked_up.erased = true;
  CHECK(r.rule() == "person.erased");
  r.settings.types["order_shipped"] = false;
  CHECK(r.rule() == "settings.type_off");
}

TEST_CASE("a time the sender chose is waited for") {
  request r;
  r.send_at = noon + 1h;
  auto v = r.decide();
  expect(v, scheduled, "send_at");
  CHECK(v.due == noon + 1h);
  r.send_at = noon - 1h;
  expect(r.decide(), queued, "allowed");
}

TEST_CASE("quiet hours hold a category that has them, until they end") {
  request r;
  r.quiet_at_night();
  auto v = r.decide();
  expect(v, scheduled, "quiet_hours");
  CHECK(v.due == morning);
  CHECK(v.why.reason == "It waits for the end of the person's quiet hours at 2026-03-05T08:00:00Z.");
  r.category.quiet_hours = false;
  expect(r.decide(), queued, "allowed");
}

TEST_CASE("priority critical does not wait for quiet hours, high does") {
  request r;
  r.quiet_at_night();
  r.priority = priority::high;
  expect(r.decide(), scheduled, "quiet_hours");
  r.priority = priority::critical;
  expect(r.decide(), queued, "allowed");
}

TEST_CASE("quiet hours are looked at when the sender wants it sent") {
  request r;
  r.quiet_at_night();
  r.now = noon;
  r.send_at = night;
  auto into_the_night = r.decide();
  expect(into_the_night, scheduled, "quiet_hours");
  CHECK(into_the_night.due == morning);
  r.now = night;
  r.send_at = morning + 1h;
  auto past_it = r.decide();
  expect(past_it, scheduled, "send_at");
  CHECK(past_it.due == morning + 1h);
}

TEST_CASE("mandatory and critical wait for the sender's time all the same") {
  request r;
  r.quiet_at_night();
  r.now = noon;
  r.send_at = night;
  r.priority = priority::critical;
  auto v = r.decide();
  expect(v, scheduled, "send_at");
  CHECK(v.due == night);
}

TEST_CASE("the operator's window serves who chose none, in the person's zone or its own") {
  request r;
  r.category.quiet_hours = true;
  r.now = night;
  expect(r.decide(), queued, "allowed");
  r.config.quiet_hours.enabled = true;
  CHECK(r.decide().due == morning);
  r.stored = false;
  CHECK(r.decide().due == morning);
  r.config.quiet_hours.time_zone = "America/New_York"; // 18:00 there
  expect(r.decide(), queued, "allowed");
  r.stored = true;
  r.who.time_zone = "Europe/Berlin"; // 08:00 there is 07:00 UTC
  CHECK(r.decide().due == morning - 1h);
}

TEST_CASE("a person's window beats the operator's, its zone the person's") {
  request r;
  r.quiet_at_night();
  r.config.quiet_hours = {.start = "23:00", .end = "05:00", .enabled = true, .time_zone = "UTC"};
  CHECK(r.decide().due == morning);
  r.who.time_zone = "America/New_York";
  expect(r.decide(), queued, "allowed");
  r.who.quiet_hours->time_zone = "Europe/Berlin";
  CHECK(r.decide().due == morning - 1h);
}

TEST_CASE("what would wait past its expiry expires now and says so") {
  request r;
  r.quiet_at_night();
  r.expires_at = morning;
  auto v = r.decide();
  expect(v, expired, "expired");
  CHECK(v.why.reason
        == "It expires at 2026-03-05T08:00:00Z, before the end of the person's quiet hours at 2026-03-05T08:00:00Z.");
  r.expires_at = morning + 1us;
  expect(r.decide(), scheduled, "quiet_hours");
}

TEST_CASE("a refusal is told before a time") {
  request r;
  r.quiet_at_night();
  r.send_at = night + 1h;
  r.prefer(level::any, std::nullopt, false);
  expect(r.decide(), suppressed, "preference.any");
}
