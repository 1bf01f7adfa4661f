#include "messages/domain.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using words = std::vector<std::string>;

namespace {

contacts everywhere() {
  contacts where;
  where.email = "a@example.org";
  where.phone = "+15550100";
  where.webhook = "https://example.org/hook";
  where.telegram_chat = "42";
  where.devices = {{"fcm", "t1"}, {"apns", "t2"}};
  return where;
}

} // namespace

TEST_CASE("each channel uses its own addresses") {
  auto where = everywhere();
  CHECK(addresses_of(where, channel::email, "u") == words{"a@example.org"});
  CHECK(addresses_of(where, channel::sms, "u") == words{"+15550100"});
  CHECK(addresses_of(where, channel::whatsapp, "u") == words{"+15550100"});
  CHECK(addresses_of(where, channel::webhook, "u") == words{"https://example.org/hook"});
  CHECK(addresses_of(where, channel::in_app, "u") == words{"u"});
}

TEST_CASE("push reaches every device, in order, with its protocol") {
  CHECK(addresses_of(everywhere(), channel::push, "u") == words{"fcm:t1", "apns:t2"});
}

TEST_CASE("chat prefers slack to telegram") {
  auto where = everywhere();
  CHECK(addresses_of(where, channel::chat, "u") == words{"42"});
  where.slack_channel = "C1";
  CHECK(addresses_of(where, channel::chat, "u") == words{"C1"});
}

TEST_CASE("nobody without contacts is reached, in_app apart") {
  contacts nowhere;
  CHECK(nowhere.empty());
  for (auto on : all_channels) {
    CAPTURE(to_string(on));
    CHECK(addresses_of(nowhere, on, "u").empty() == (on != channel::in_app));
  }
}

TEST_CASE("a channel without its own content shows title, body and data") {
  auto shown = render_for({"Title", "Body", R"({"k":1})", {}}, channel::push);
  CHECK(shown.title == "Title");
  CHECK(shown.body == "Body");
  CHECK(shown.html.empty());
  CHECK(shown.data == R"({"k":1})");
}

TEST_CASE("a channel's own content replaces only what it names") {
  content what{"Title", "Body", "{}", {}};
  what.by_channel[channel::sms] = {"", "", "Short", "", ""};
  what.by_channel[channel::push] = {"", "Push title", "", "", ""};
  CHECK(render_for(what, channel::sms).title == "Title");
  CHECK(render_for(what, channel::sms).body == "Short");
  CHECK(render_for(what, channel::push).title == "Push title");
  CHECK(render_for(what, channel::push).body == "Body");
  CHECK(render_for(what, channel::email).body == "Body");
}

TEST_CASE("an email's subject and text are its title and body") {
  content what{"Title", "Body", "{}", {}};
  what.by_channel[channel::email] = {"Subject", "ignored", "ignored", "Text", "<b>Html</b>"};
  auto shown = render_for(what, channel::email);
  CHECK(shown.title == "Subject");
  CHECK(shown.body == "Text");
  CHECK(shown.html == "<b>Html</b>");
}

TEST_CASE("a space's text parses back, also for tenants with a slash") {
  for (auto tenant : {"default", "a/b", ""})
    for (auto m : {mode::live, mode::test}) {
      space where{tenant, m};
      CAPTURE(to_string(where));
      CHECK(parse_space(to_string(where)) == where);
    }
}

TEST_CASE("a move is kept in the history with its reason") {
  delivery d;
  move_to(d, delivery_status::queued, sys_time{});
  move_to(d, delivery_status::suppressed, sys_time{std::chrono::seconds{5}}, {"suppression", "It is on the list."});
  REQUIRE(d.history.size() == 2);
  CHECK(d.status == delivery_status::suppressed);
  CHECK(d.history[0].rule.empty());
  CHECK(d.history[1].status == delivery_status::suppressed);
  CHECK(d.history[1].at == sys_time{std::chrono::seconds{5}});
  CHECK(d.history[1].rule == "suppression");
  CHECK(d.history[1].reason == "It is on the list.");
}
