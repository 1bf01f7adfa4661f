// The contract of control_store as one list of cases.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "samples.hpp"

namespace carillon::test::control_cases {

inline user sample_user() {
  user u;
  u.space = live;
  u.id = "u_1";
  u.contacts.email = "someone@example.org";
  u.contacts.phone = "+4930123";
  u.contacts.devices = {{"fcm", "token"}};
  u.time_zone = "Europe/Berlin";
  u.locale = "de";
  u.attributes = R"({"plan":"pro"})";
  u.rules = {{preference_rule::level::type, "order_shipped", channel::sms, false},
             {preference_rule::level::any, "", std::nullopt, true}};
  u.quiet_hours = quiet_window{22 * 60, 0, 0x1f, "Europe/Paris"};
  u.digest = R"({"every":"day"})";
  return u;
}

inline result<user_ptr> put(store_fixture& f, const user& u, user_part part, std::optional<std::uint64_t> match = {}) {
  return await<user_ptr>([&](auto then) { f.control().put_user(u, part, match, then); });
}

inline result<user_ptr> get(store_fixture& f, const std::string& id) {
  return await<user_ptr>([&](auto then) { f.control().get_user(live, id, then); });
}

inline person look_up(store_fixture& f, std::vector<std::pair<channel, std::string>> extra = {}) {
  return must<person>([&](auto then) { f.control().find_person(lane::bulk, live, "u_1", std::move(extra), then); });
}

inline void keeps_users(store_fixture& f) {
  REQUIRE(put(f, sample_user(), user_part::both));
  f.reopen();
  auto u = **get(f, "u_1");
  auto expected = sample_user();
  CHECK(u.contacts == expected.contacts);
  CHECK(u.time_zone == expected.time_zone);
  CHECK(u.locale == expected.locale);
  CHECK(u.attributes == expected.attributes);
  CHECK(u.rules == expected.rules);
  CHECK(u.quiet_hours == expected.quiet_hours);
  CHECK(u.digest == expected.digest);
  CHECK(u.version == 1);
  CHECK(u.preferences_version == 1);
  CHECK(u.created_at == f.clock().now());
  CHECK(get(f, "u_2").error().code == errc::not_found);
}

inline void writes_parts_apart(store_fixture& f) {
  put(f, sample_user(), user_part::both);
  auto changed = sample_user();
  changed.contacts.email = "new@example.org";
  changed.rules.clear();
  auto u = **put(f, changed, user_part::profile);
  CHECK(u.contacts.email == "new@example.org");
  CHECK(u.rules.size() == 2);
  CHECK(u.version == 2);
  CHECK(u.preferences_version == 1);
  u = **put(f, changed, user_part::preferences);
  CHECK(u.rules.empty());
  CHECK(u.preferences_version == 2);
}

inline void guards_versions(store_fixture& f) {
  CHECK(put(f, sample_user(), user_part::profile, 1).error().code == errc::version_mismatch);
  CHECK(put(f, sample_user(), user_part::profile, 0));
  CHECK(put(f, sample_user(), user_part::profile, 0).error().code == errc::version_mismatch);
  CHECK(put(f, sample_user(), user_part::profile, 1));
  CHECK(put(f, sample_user(), user_part::preferences, 0));
  CHECK((**get(f, "u_1")).version == 2);
}

inline suppression suppress(store_fixture& f, channel on, std::string address, std::string id,
                            std::optional<sys_time> until = {}) {
  suppression s;
  s.id = std::move(id);
  s.space = live;
  s.channel = on;
  s.address = std::move(address);
  s.cause = suppression_cause::hard_bounce;
  s.note = "550";
  s.expires_at = until;
  return must<suppression>([&](auto then) { f.control().add_suppression(s, then); });
}

inline void finds_people(store_fixture& f) {
  CHECK_FALSE(look_up(f).who);
  put(f, sample_user(), user_part::both);
  suppress(f, channel::email, "someone@example.org", "a");
  suppress(f, channel::push, "fcm:token", "b");
  suppress(f, channel::sms, "+49555", "c");
  auto p = look_up(f, {{channel::sms, "+49555"}, {channel::email, "fine@example.org"}});
  REQUIRE(p.who);
  CHECK(p.who->contacts.email == "someone@example.org");
  using pairs = std::vector<std::pair<channel, std::string>>;
  auto found = p.suppressed;
  std::sort(found.begin(), found.end());
  CHECK(found
        == pairs{{channel::email, "someone@example.org"}, {channel::sms, "+49555"}, {channel::push, "fcm:token"}});
  CHECK_FALSE(p.erased);
}

inline void suppressed_mail_addresses_have_no_case(store_fixture& f) {
  CHECK(suppress(f, channel::email, "Some.One@Example.org", "a").address == "some.one@example.org");
  CHECK(suppress(f, channel::email, "some.one@EXAMPLE.org", "b").id == "a");
  CHECK(look_up(f, {{channel::email, "SOME.one@example.org"}}).suppressed.size() == 1);
  suppress(f, channel::push, "fcm:Token", "c");
  CHECK(look_up(f, {{channel::push, "fcm:token"}}).suppressed.empty());
}

inline void suppressions_expire(store_fixture& f) {
  suppress(f, channel::email, "a@example.org", "a", f.clock().now() + 1h);
  CHECK(look_up(f, {{channel::email, "a@example.org"}}).suppressed.size() == 1);
  f.clock().advance(1h);
  CHECK(look_up(f, {{channel::email, "a@example.org"}}).suppressed.empty());
  CHECK(suppress(f, channel::email, "a@example.org", "b").id == "b");
}

inline void suppressions_are_listed(store_fixture& f) {
  CHECK(suppress(f, channel::email, "a@example.org", "short", f.clock().now() + 1h).id == "short");
  CHECK(suppress(f, channel::email, "a@example.org", "shorter", f.clock().now() + 1min).id == "short");
  CHECK(suppress(f, channel::email, "a@example.org", "a").id == "a"); // for good: the longer one counts
  CHECK(suppress(f, channel::email, "a@example.org", "again").id == "a");
  CHECK(suppress(f, channel::email, "a@example.org", "later", f.clock().now() + 1h).id == "a");
  suppress(f, channel::sms, "+49555", "b");
  auto list = [&](std::optional<channel> on, std::string after, std::size_t limit) {
    std::vector<std::string> ids;
    for (auto& s : must<std::vector<suppression>>(
           [&](auto then) { f.control().list_suppressions(live, on, std::move(after), limit, then); }))
      ids.push_back(s.id);
    return ids;
  };
  using ids = std::vector<std::string>;
  CHECK(list({}, "", 10) == ids{"a", "b"});
  CHECK(list(channel::sms, "", 10) == ids{"b"});
  CHECK(list({}, "", 1) == ids{"a"});
  CHECK(list({}, "a", 10) == ids{"b"});
  auto of = [&](std::vector<std::pair<channel, std::string>> whom) {
    ids found;
    for (auto& s :
         must<std::vector<suppression>>([&](auto then) { f.control().suppressions_of(live, std::move(whom), then); }))
      found.push_back(s.id);
    return found;
  };
  CHECK(of({{channel::email, "A@example.org"}, {channel::sms, "a@example.org"}}) == ids{"a"});
  CHECK(of({}).empty());
  auto remove = [&](std::string id) {
    return await<suppression>([&](auto then) { f.control().remove_suppression(live, std::move(id), then); });
  };
  CHECK(remove("a")->address == "a@example.org");
  CHECK(remove("a").error().code == errc::not_found);
}

inline void erases_users(store_fixture& f) {
  auto erase = [&] {
    return await<ok_t>([&](auto then) { f.control().erase_user(live, "u_1", f.clock().now(), then); });
  };
  auto unfinished = [&] {
    return must<std::vector<std::pair<space, std::string>>>([&](auto then) { f.control().unfinished_erasures(then); });
  };
  put(f, sample_user(), user_part::both);
  CHECK(erase());
  CHECK(look_up(f).erased);
  CHECK_FALSE(look_up(f).who);
  f.reopen();
  REQUIRE(unfinished().size() == 1);
  CHECK(unfinished()[0] == std::pair{live, std::string{"u_1"}});
  must<ok_t>([&](auto then) { f.control().finish_erasure(live, "u_1", then); });
  CHECK(unfinished().empty());
  CHECK(look_up(f).erased);
  put(f, sample_user(), user_part::both);
  CHECK_FALSE(look_up(f).erased);
}

inline void erases_who_is_known_from_requests_alone(store_fixture& f) {
  must<ok_t>([&](auto then) { f.control().erase_user(live, "u_1", f.clock().now(), then); });
  CHECK(look_up(f).erased);
  auto open =
    must<std::vector<std::pair<space, std::string>>>([&](auto then) { f.control().unfinished_erasures(then); });
  CHECK(open == std::vector{std::pair{live, std::string{"u_1"}}});
}

inline api_key sample_key() {
  api_key key;
  key.id = "k1";
  key.name = "ci";
  key.space = {"shop", mode::test};
  key.scopes = {scope::send, scope::read};
  key.lane = lane::critical;
  key.rate = 12.5;
  key.digest.fill(9);
  return key;
}

inline void keeps_keys(store_fixture& f) {
  must<api_key>([&](auto then) { f.control().add_key(sample_key(), then); });
  f.reopen();
  auto list = [&](std::string tenant) {
    return must<std::vector<api_key>>([&](auto then) { f.control().list_keys(std::move(tenant), then); });
  };
  CHECK(list("other").empty());
  CHECK(list("").size() == 1);
  auto key = list("shop").at(0);
  auto expected = sample_key();
  CHECK(key.id == expected.id);
  CHECK(key.name == expected.name);
  CHECK(key.space == expected.space);
  CHECK(key.scopes == expected.scopes);
  CHECK(key.lane == expected.lane);
  CHECK(key.rate == expected.rate);
  CHECK(key.digest == expected.digest);
  CHECK_FALSE(key.revoked);
  auto revoke = [&](std::string tenant) {
    return await<ok_t>([&](auto then) { f.control().revoke_key(std::move(tenant), "k1", then); });
  };
  CHECK(revoke("other").error().code == errc::not_found);
  CHECK(revoke("shop"));
  CHECK(list("shop").at(0).revoked);
}

inline void keeps_settings(store_fixture& f) {
  auto get_it = [&] {
    return await<versioned_json>([&](auto then) { f.control().get_setting("notification", then); });
  };
  auto put_it = [&](std::string config, std::optional<std::uint64_t> match) {
    return await<versioned_json>(
      [&](auto then) { f.control().put_setting("notification", std::move(config), false, match, then); });
  };
  CHECK(get_it().error().code == errc::not_found);
  CHECK(put_it(R"({"a":1})", 0)->version == 1);
  CHECK(put_it("{}", 0).error().code == errc::version_mismatch);
  CHECK(put_it(R"({"a":2})", 1)->version == 2);
  f.reopen();
  CHECK(get_it()->config == R"({"a":2})");
  CHECK_FALSE(get_it()->enabled);
}

inline void keeps_breaker_orders(store_fixture& f) {
  auto put_it = [&](breaker_order order) {
    must<ok_t>([&](auto then) { f.control().put_breaker_order("mail_a", order, "maintenance", then); });
  };
  put_it(breaker_order::open);
  put_it(breaker_order::closed);
  f.reopen();
  using orders = std::vector<std::pair<std::string, breaker_order>>;
  CHECK(must<orders>([&](auto then) { f.control().breaker_orders(then); })
        == orders{{"mail_a", breaker_order::closed}});
}

inline std::vector<suite_case> control_store_suite() {
  return {
    {"users are kept whole", keeps_users},
    {"profile and preferences are written apart", writes_parts_apart},
    {"a write with another version than the stored is refused", guards_versions},
    {"a person comes with the suppressions of all addresses", finds_people},
    {"suppressed mail addresses are compared without case", suppressed_mail_addresses_have_no_case},
    {"a suppression ends when it expires", suppressions_expire},
    {"suppressions are listed and removed, one an address", suppressions_are_listed},
    {"an erased user leaves a tombstone until every file is done", erases_users},
    {"somebody who is known from requests alone can be erased", erases_who_is_known_from_requests_alone},
    {"keys are kept and revoked within their tenant", keeps_keys},
    {"settings are versioned", keeps_settings},
    {"orders to breakers are kept, the last one counts", keeps_breaker_orders},
  };
}

} // namespace carillon::test::control_cases

namespace carillon::test {
using control_cases::control_store_suite;
} // namespace carillon::test
