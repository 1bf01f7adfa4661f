#include "actors/policy/choice.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using level = preference_rule::level;
using channels = std::vector<channel>;

namespace {

/// Email, sms and in_app have providers; orders is the only category.
options configured() {
  options config;
  config.categories = {{"orders", {}}, {"transactional", {}}};
  config.channels[channel::email].providers = {"mail"};
  config.channels[channel::sms].providers = {"texts"};
  config.channels[channel::in_app].providers = {"feed"};
  config.channels[channel::push];
  return config;
}

struct request {
  options config = configured();
  command what;
  type_options type;
  contacts where;
  user who;
  request() {
    what.user_id = "u";
    what.type = "order_shipped";
    what.category = "orders";
    where.email = "a@example.org";
    where.phone = "+15550100";
    where.devices = {{"fcm", "t"}};
  }
  channels get(bool stored = true) const { return channels_of(what, type, config, where, stored ? &who : nullptr); }
};

} // namespace

TEST_CASE("channels that were asked for are used, whatever else there is") {
  request r;
  r.what.channels = {channel::webhook, channel::email};
  r.type.channels = {channel::sms};
  CHECK(r.get() == channels{channel::webhook, channel::email});
}

TEST_CASE("else the type's channels are used") {
  request r;
  r.type.channels = {channel::sms, channel::push};
  CHECK(r.get() == channels{channel::sms, channel::push});
}

TEST_CASE("else every channel with providers and an address") {
  request r;
  CHECK(r.get() == channels{channel::email, channel::sms, channel::in_app});
  CHECK(r.get(false) == channels{channel::email, channel::sms, channel::in_app});
  r.where.phone.clear();
  CHECK(r.get() == channels{channel::email, channel::in_app});
}

TEST_CASE("a channel the person switched off is left out") {
  request r;
  r.who.rules = {{level::category, "orders", channel::email, false}, {level::any, "", channel::sms, false}};
  CHECK(r.get() == channels{channel::in_app});
  r.who.rules.push_back({level::type, "order_shipped", channel::sms, true});
  CHECK(r.get() == channels{channel::sms, channel::in_app});
}

TEST_CASE("the type's category counts where the request names none") {
  request r;
  r.what.category.clear();
  r.type.category = "orders";
  r.who.rules = {{level::category, "orders", channel::email, false}};
  CHECK(r.get() == channels{channel::sms, channel::in_app});
}

TEST_CASE("a channel is not left out where the person's choice does not count") {
  request r;
  r.who.rules = {{level::any, "", channel::email, false}};
  r.type.mandatory = true;
  CHECK(r.get() == channels{channel::email, channel::sms, channel::in_app});
  r.type.mandatory = false;
  r.config.categories["orders"].opt_out = false;
  CHECK(r.get() == channels{channel::email, channel::sms, channel::in_app});
}

TEST_CASE("a person who switched everything off is told so channel by channel") {
  request r;
  r.who.rules = {{level::any, "", std::nullopt, false}};
  CHECK(r.get() == channels{channel::email, channel::sms, channel::in_app});
}

TEST_CASE("somebody without any address is told so channel by channel") {
  request r;
  r.where = {};
  r.config.channels.erase(channel::in_app);
  CHECK(r.get() == channels{channel::email, channel::sms});
}

TEST_CASE("a declared type brings its category and priority") {
  auto config = configured();
  config.types["order_shipped"].category = "orders";
  config.types["order_shipped"].priority = priority::high;
  config.types["order_shipped"].mandatory = true;
  config.categories["orders"].quiet_hours = true;
  auto got = resolve_type(config, "order_shipped", "", std::nullopt);
  REQUIRE(got);
  CHECK(got->category_name == "orders");
  CHECK(got->category.quiet_hours);
  CHECK(got->priority == priority::high);
  CHECK(got->type.mandatory);
}

TEST_CASE("what the request says wins over the type") {
  auto config = configured();
  config.types["order_shipped"].category = "orders";
  auto got = resolve_type(config, "order_shipped", "transactional", priority::low);
  REQUIRE(got);
  CHECK(got->category_name == "transactional");
  CHECK(got->priority == priority::low);
}

TEST_CASE("an undeclared type is transactional and medium") {
  auto got = resolve_type(configured(), "never_heard_of", "", std::nullopt);
  REQUIRE(got);
  CHECK(got->category_name == "transactional");
  CHECK(got->priority == priority::medium);
  CHECK_FALSE(got->type.mandatory);
}

TEST_CASE("an undeclared category is an error that names it, the field and the remedy") {
  auto got = resolve_type(configured(), "order_shipped", "odrers", std::nullopt);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::invalid_request);
  REQUIRE(got.error().fields.size() == 1);
  CHECK(got.error().fields[0].pointer == "/category");
  CHECK(got.error().fields[0].code == "not_found");
  CHECK(got.error().fields[0].detail.find("[categories.odrers]") != std::string::npos);
}
