#include <catch2/generators/catch_generators.hpp>

#include "tests/actors/preference_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

TEST_CASE_METHOD(preference_test, "a request becomes one delivery per address, with ids that follow its own") {
  config.channels[channel::push].providers = {"first"};
  auto who = stored_user();
  who->contacts.devices = {{"fcm", "a"}, {"apns", "b"}};
  auto what = request();
  what->command.channels = {channel::email, channel::push};
  decide(what, found(who));
  auto deliveries = std::move(decided()->deliveries);
  REQUIRE(deliveries.size() == 3);
  CHECK(deliveries[0].d.address == "someone@example.org");
  CHECK(deliveries[1].d.address == "fcm:a");
  CHECK(deliveries[2].d.address == "apns:b");
  for (std::size_t i = 0; i < 3; ++i) {
    auto& d = deliveries[i].d;
    CHECK(d.key == what->n->key + 1 + static_cast<row_key>(i));
    CHECK(key_of(d.id) == d.key);
    CHECK(d.status == delivery_status::queued);
    CHECK(d.decision.rule == "allowed");
    CHECK(d.history.size() == 1);
    CHECK(d.user_id == "u_1");
    CHECK(d.type == "note");
  }
}

TEST_CASE_METHOD(preference_test, "each channel gets its own decision") {
  auto who = stored_user();
  who->rules = {{preference_rule::level::any, "", channel::in_app, false}};
  auto what = request();
  what->command.channels = {channel::email, channel::in_app, channel::sms};
  decide(what, found(who));
  auto decisions = std::move(decided()->deliveries);
  REQUIRE(decisions.size() == 3);
  CHECK(decisions[0].d.decision.rule == "allowed");
  CHECK(decisions[1].d.status == delivery_status::suppressed);
  CHECK(decisions[1].d.decision.rule == "preference.any_channel");
  CHECK(decisions[2].d.status == delivery_status::failed);
  CHECK(decisions[2].d.decision.rule == "no_address");
}

TEST_CASE_METHOD(preference_test, "a send_at schedules, a suppressed address ends it, a tombstone ends all") {
  SECTION("send_at") {
    auto what = request();
    auto n = sample_notification();
    n->send_at = start_of_tests + 1h;
    what->n = n;
    decide(what, found(stored_user()));
    auto d = decided()->deliveries[0].d;
    CHECK(d.status == delivery_status::scheduled);
    CHECK(d.due == start_of_tests + 1h);
  }
  SECTION("suppression") {
    decide(request(), {stored_user(), {{channel::email, "someone@example.org"}}, false});
    CHECK(decided()->deliveries[0].d.decision.rule == "suppression");
  }
  SECTION("tombstone") {
    decide(request(), {nullptr, {}, true});
    CHECK(decided()->deliveries[0].d.decision.rule == "person.erased");
  }
}

TEST_CASE_METHOD(preference_test, "a person who is known already is not looked up again") {
  decide(request(), found(stored_user()));
  send(subject, decide_atom_v, request());
  CHECK(control.people.made() == 1);
  CHECK(throttle_peer.count<intake_ptr>(decide_atom_v) == 2);
  CHECK(watch.lines == std::vector<std::string>{"cache miss", "cache hit"});
}

TEST_CASE_METHOD(preference_test, "the cache is bounded: who was not needed longest is looked up again") {
  auto small = start(preference, preference_config{.cached_people = 1});
  control.people.always(found(stored_user()));
  for (auto id : {"u_1", "u_2", "u_1"})
    send(small, decide_atom_v, request(id));
  CHECK(control.people.made() == 3);
}

TEST_CASE_METHOD(preference_test, "a person is known only as long as the suppressions among it last") {
  auto who = found(stored_user());
  who.suppressed = {{channel::email, "someone@example.org"}};
  who.good_until = start_of_tests + 1h;
  decide(request(), who);
  advance(1h - 1s);
  send(subject, decide_atom_v, request());
  CHECK(control.people.made() == 1);
  advance(1s);
  decide(request(), found(stored_user()));
  CHECK(control.people.made() == 2);
}

TEST_CASE_METHOD(preference_test, "people of the same id in another space are other people") {
  control.people.always(found(stored_user()));
  send(subject, decide_atom_v, request());
  auto what = request();
  auto n = sample_notification();
  n->space.mode = mode::test;
  what->n = n;
  send(subject, decide_atom_v, what);
  CHECK(control.people.made() == 2);
}

TEST_CASE_METHOD(preference_test, "requests that wait for the same person share one look-up") {
  send(subject, decide_atom_v, request());
  send(subject, decide_atom_v, request());
  send(subject, decide_atom_v, stored_work());
  CHECK(control.people.made() == 1);
  CHECK(throttle_peer.empty());
  control.people.answer(found(stored_user()));
  run();
  CHECK(throttle_peer.count<intake_ptr>(decide_atom_v) == 2);
  CHECK(throttle_peer.count<work_ptr>(decide_atom_v) == 1);
}

TEST_CASE_METHOD(preference_test, "what the request brings wins over what is stored, and the ledger is asked for it") {
  auto what = request();
  auto n = sample_notification();
  n->to.email = "other@example.org";
  what->n = n;
  send(subject, decide_atom_v, what);
  auto asked = control.people.answer(found(stored_user()));
  run();
  CHECK(asked.user_id == "u_1");
  CHECK(asked.extra == std::vector<std::pair<channel, std::string>>{{channel::email, "other@example.org"}});
  CHECK(decided()->deliveries[0].d.address == "other@example.org");
  // Its addresses were asked for it alone: nobody else may use that answer.
  send(subject, decide_atom_v, request());
  CHECK(control.people.waiting() == 1);
}

TEST_CASE_METHOD(preference_test, "a channel the request brings no address for uses the stored one") {
  config.channels[channel::sms].providers = {"first"};
  auto what = request();
  auto n = sample_notification();
  n->to.phone = "+4912345";
  what->n = n;
  what->command.channels = {channel::email, channel::sms};
  decide(what, found(stored_user()));
  auto deliveries = std::move(decided()->deliveries);
  CHECK(deliveries[0].d.address == "someone@example.org");
  CHECK(deliveries[1].d.address == "+4912345");
}

TEST_CASE_METHOD(preference_test, "routing first sends on one channel and keeps the others as standbys") {
  config.types["note"].routing = routing::first;
  auto what = request();
  what->command.channels = {channel::sms, channel::email, channel::in_app};
  decide(what, found(stored_user()));
  auto deliveries = std::move(decided()->deliveries);
  REQUIRE(deliveries.size() == 3);
  CHECK(deliveries[0].d.status == delivery_status::failed); // no phone: it does not count as the first
  CHECK(deliveries[1].d.status == delivery_status::queued);
  CHECK_FALSE(deliveries[1].d.standby);
  CHECK(deliveries[2].d.status == delivery_status::scheduled);
  CHECK(deliveries[2].d.standby);
  CHECK(deliveries[2].d.due == std::nullopt);
  CHECK(deliveries[2].d.decision.rule == "routing.first");
  CHECK(deliveries[2].d.history.size() == 1);
}

TEST_CASE_METHOD(preference_test, "a notification without any usable channel is kept as failed, with the reason") {
  config.channels.clear();
  auto what = request();
  what->command.channels.clear();
  decide(what, found(stored_user()));
  auto deliveries = std::move(decided()->deliveries);
  REQUIRE(deliveries.size() == 1);
  CHECK(deliveries[0].d.status == delivery_status::failed);
  CHECK(deliveries[0].d.decision.rule == "no_channel");
}

TEST_CASE_METHOD(preference_test, "a notification has at most its bound of deliveries") {
  auto who = stored_user();
  for (int i = 0; i < 40; ++i)
    who->contacts.devices.push_back({"fcm", std::to_string(i)});
  auto what = request();
  what->command.channels = {channel::push};
  decide(what, found(who));
  CHECK(decided()->deliveries.size() == bounds::deliveries);
}

TEST_CASE_METHOD(preference_test,
                 "people that cannot be read refuse requests, and dry runs, with a time to come back") {
  send(subject, decide_atom_v, request());
  auto dry = caller.dry_run();
  dry->n = sample_notification();
  send(subject, decide_atom_v, dry);
  control.people.fail();
  run();
  CHECK(caller.refusal().code == errc::store_unavailable);
  CHECK(caller.refusal().retry_after == 1s);
  REQUIRE(caller.explanations().size() == 1);
  CHECK(caller.explanations()[0].error().code == errc::store_unavailable);
  // The next one asks again.
  send(subject, decide_atom_v, request());
  CHECK(control.people.waiting() == 1);
}

TEST_CASE_METHOD(preference_test, "people that cannot be read leave stored work in its queue and return its slot") {
  auto returned = std::make_shared<int>(0);
  send(subject, decide_atom_v, stored_work(returned));
  CHECK(*returned == 0);
  control.people.fail();
  run();
  CHECK(*returned == 1);
  CHECK(status_sink_peer.empty());
  CHECK(throttle_peer.empty());
}

TEST_CASE_METHOD(preference_test,
                 "stored work is decided again: still wanted, it meets its limits, or starts if it is a retry") {
  control.people.always(found(stored_user()));
  auto w = stored_work();
  bool retried = GENERATE(false, true);
  if (retried)
    w->d.attempts.emplace_back();
  w->d.status = delivery_status::scheduled;
  w->d.due = start_of_tests;
  send(subject, decide_atom_v, w);
  CHECK(w->d.due == std::nullopt);
  CHECK(throttle_peer.count<work_ptr>(decide_atom_v) == (retried ? 0 : 1));
  CHECK(dispatcher_peer.count<work_ptr>(place_atom_v) == (retried ? 1 : 0));
}

TEST_CASE_METHOD(preference_test, "stored work that quiet hours put off gives up the place its limits gave it") {
  auto who = stored_user();
  who->quiet_hours = quiet_window{11 * 60, 13 * 60, 0x7f, ""};
  control.people.always(found(who));
  auto w = stored_work();
  auto n = sample_notification();
  n->category = "reminder";
  w->n = n;
  bool had_one = GENERATE(false, true);
  if (had_one)
    w->d.place = start_of_tests;
  send(subject, decide_atom_v, w);
  auto order = recorded();
  REQUIRE(order->update.d.status == delivery_status::scheduled);
  CHECK(order->update.d.place == (had_one ? std::optional{lost_place} : std::nullopt));
}

TEST_CASE_METHOD(preference_test, "stored work that is not wanted any more ends, guarded by what the store had") {
  auto who = stored_user();
  who->rules = {{preference_rule::level::any, "", std::nullopt, false}};
  control.people.always(found(who));
  auto returned = std::make_shared<int>(0);
  auto w = stored_work(returned);
  w->stored_attempts = 2;
  send(subject, decide_atom_v, std::move(w));
  auto order = recorded();
  CHECK(order->update.d.status == delivery_status::suppressed);
  CHECK(order->update.d.decision.rule == "preference.any");
  CHECK(order->update.d.history.back().rule == "preference.any");
  CHECK(order->update.expected == delivery_status::queued);
  CHECK(order->update.expected_attempts == 2);
  CHECK(order->update.release_standby);
  CHECK(order->settle_with.empty());
  CHECK(*returned == 0); // only once it is durable
  order.reset();
  CHECK(*returned == 1);
}

TEST_CASE_METHOD(preference_test, "stored work that is too late expires; in quiet hours it waits") {
  control.people.always([](auto&) {
    auto who = stored_user();
    who->quiet_hours = quiet_window{11 * 60, 13 * 60, 0x7f, ""};
    return result<person>{found(who)};
  });
  SECTION("expired") {
    auto w = stored_work();
    w->d.expires_at = start_of_tests;
    send(subject, decide_atom_v, w);
    auto order = recorded();
    CHECK(order->update.d.status == delivery_status::expired);
    CHECK(order->update.release_standby);
  }
  SECTION("quiet hours") {
    auto w = stored_work();
    auto n = sample_notification();
    n->category = "reminder";
    w->n = n;
    send(subject, decide_atom_v, w);
    auto order = recorded();
    CHECK(order->update.d.status == delivery_status::scheduled);
    CHECK(order->update.d.due == start_of_tests + 1h);
    CHECK_FALSE(order->update.release_standby);
  }
}

TEST_CASE_METHOD(preference_test, "stored work of a category that left the configuration is decided as its type says") {
  control.people.always(found(stored_user()));
  auto w = stored_work();
  auto n = sample_notification();
  n->category = "gossip";
  w->n = n;
  send(subject, decide_atom_v, w);
  CHECK(throttle_peer.count<work_ptr>(decide_atom_v) == 1);
}

TEST_CASE_METHOD(preference_test, "work that reaches a shard without peers, or a dying one, is not lost silently") {
  auto returned = std::make_shared<int>(0);
  SECTION("without peers") {
    auto alone = spawn(preference, preference_config{});
    send(alone, decide_atom_v, request());
    send(alone, decide_atom_v, stored_work(returned));
  }
  SECTION("dying while it looks people up") {
    send(subject, decide_atom_v, request());
    send(subject, decide_atom_v, stored_work(returned));
    kill(subject);
  }
  CHECK(caller.refusal().code == errc::overloaded);
  CHECK(*returned == 1);
}
