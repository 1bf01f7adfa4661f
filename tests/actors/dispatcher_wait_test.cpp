// Requests that wait, unanswered, for the straight way.
#include "actors/dispatcher.hpp"
#include "tests/helpers/lane_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

struct dispatcher_wait_test : lane_fixture {
  door caller;
  dispatcher_actor subject;

  dispatcher_wait_test() {
    store.is_empty();
    config.channels[channel::sms].providers = {"texts"};
    subject = start(dispatcher, dispatcher_config{.patience = 20ms});
  }

  void grant(std::size_t n, std::uint64_t epoch = 1) { send(subject, credit_atom_v, std::string{"first"}, epoch, n); }
  void request() { send(subject, place_atom_v, described(caller)); }
  /// Takes the only slot.
  void fill_slots() {
    grant(1);
    request();
    CHECK(accept() == delivery_status::sending);
  }
  /// Keeps the oldest request; says how its delivery went into the store.
  delivery_status accept() {
    auto status = store.accepts.answer(receipt{}).deliveries.at(0).status;
    run();
    return status;
  }
  /// One row in the store that is read and decided; the request that comes now is behind it.
  work_ptr leave_one_in_hand(bool more_in_store = false) {
    grant(3);
    send(subject, ready_atom_v, queue_key{"first", {}});
    auto n = sample_notification();
    auto d = sample_delivery(*n, 1);
    d.queue = "first";
    store.pulls.answer(pull_result{{{n, d}}, more_in_store});
    run();
    return preference_peer.take<work_ptr>(decide_atom_v);
  }
};

} // namespace

TEST_CASE_METHOD(dispatcher_wait_test, "a request waits for the next slot and then goes straight") {
  fill_slots();
  request();
  CHECK(store.accepts.waiting() == 0);
  CHECK(caller.answers().size() == 1);
  advance(19ms);
  grant(1);
  CHECK(accept() == delivery_status::sending);
  CHECK(caller.answers().size() == 2);
  CHECK(store.pulls.made() == 0);
  advance(1s);
  CHECK(store.accepts.waiting() == 0); // kept once
}

TEST_CASE_METHOD(dispatcher_wait_test, "slots go to who waits in the order of arrival") {
  fill_slots();
  auto one = described(caller), two = described(caller);
  auto first = one->n->id, second = two->n->id;
  send(subject, place_atom_v, std::move(one));
  send(subject, place_atom_v, std::move(two));
  grant(1);
  REQUIRE(store.accepts.waiting() == 1);
  CHECK(store.accepts.answer(receipt{}).n->id == first);
  grant(1);
  REQUIRE(store.accepts.waiting() == 1);
  CHECK(store.accepts.answer(receipt{}).n->id == second);
}

TEST_CASE_METHOD(dispatcher_wait_test, "a request that waited long enough goes into the store, and all behind it") {
  fill_slots();
  request();
  advance(25ms);
  request();
  advance(14ms);
  CHECK(store.accepts.waiting() == 0);
  advance(1ms);
  CHECK(store.accepts.waiting() == 2);
  CHECK(accept() == delivery_status::queued);
  CHECK(accept() == delivery_status::queued);
  request(); // older ones stand in the store and no slot is free: not worth a wait
  CHECK(accept() == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_wait_test, "after a wait in vain nobody waits for that queue for some seconds") {
  fill_slots();
  request();
  advance(40ms);
  CHECK(accept() == delivery_status::queued);
  grant(1);
  store.pulls.answer(pull_result{}); // somebody cancelled it
  run();
  request();
  CHECK(accept() == delivery_status::sending); // that slot
  request();
  CHECK(accept() == delivery_status::queued);
  store.pulls.forget();
  advance(5s);
  grant(1);
  store.pulls.answer(pull_result{});
  run();
  request();
  CHECK(accept() == delivery_status::sending);
  request();
  CHECK(store.accepts.waiting() == 0);
  advance(40ms); // and its patience has an end as well
  CHECK(accept() == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_wait_test, "a provider that never gave out a slot is not waited for") {
  request();
  CHECK(accept() == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_wait_test, "slots that became void are not waited for") {
  fill_slots();
  request();
  send(subject, pause_atom_v, std::string{"first"}, std::uint64_t{2});
  advance(20ms);
  CHECK(accept() == delivery_status::queued);
  request();
  CHECK(accept() == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_wait_test, "who waits for one provider does not keep others' requests waiting") {
  send(subject, credit_atom_v, std::string{"texts"}, std::uint64_t{1}, std::size_t{1});
  fill_slots();
  request();
  auto what = described(caller);
  what->deliveries[0].d.channel = channel::sms;
  send(subject, place_atom_v, std::move(what));
  CHECK(accept() == delivery_status::sending);
  CHECK(store.accepts.waiting() == 0);
}

TEST_CASE_METHOD(dispatcher_wait_test, "a slot goes past who waits for something else") {
  send(subject, credit_atom_v, std::string{"texts"}, std::uint64_t{1}, std::size_t{1});
  fill_slots();
  auto text = [&] {
    auto what = described(caller);
    what->deliveries[0].d.channel = channel::sms;
    send(subject, place_atom_v, std::move(what));
  };
  text();
  CHECK(accept() == delivery_status::sending);
  request();
  text();
  send(subject, credit_atom_v, std::string{"texts"}, std::uint64_t{1}, std::size_t{1});
  REQUIRE(store.accepts.waiting() == 1);
  CHECK(store.accepts.asked().deliveries.at(0).queue == "texts");
}

TEST_CASE_METHOD(dispatcher_wait_test, "one tenant's rows do not keep another tenant's request waiting") {
  auto before = leave_one_in_hand();
  request();
  auto what = described(caller);
  what->space.tenant = what->deliveries[0].d.space.tenant = "other";
  send(subject, place_atom_v, std::move(what));
  CHECK(accept() == delivery_status::sending);
  CHECK(store.accepts.waiting() == 0);
}

TEST_CASE_METHOD(dispatcher_wait_test, "another tenant's rows in the store go before who waits for a slot") {
  fill_slots();
  request();
  queue_key other{"first", {"other", mode::live}};
  send(subject, ready_atom_v, other);
  CHECK(accept() == delivery_status::queued); // takes its turn behind them
  grant(1);
  CHECK(store.pulls.asked().space.tenant == "other");
}

TEST_CASE_METHOD(dispatcher_wait_test, "urgent requests go before the others that wait") {
  fill_slots();
  auto usual = described(caller), urgent = described(caller, priority::critical);
  send(subject, place_atom_v, std::move(usual));
  send(subject, place_atom_v, std::move(urgent));
  grant(1);
  REQUIRE(store.accepts.waiting() == 1);
  CHECK(store.accepts.asked().n->priority == priority::critical);
}

TEST_CASE_METHOD(dispatcher_wait_test, "what can go on one channel does not wait for another") {
  fill_slots();
  send(subject, credit_atom_v, std::string{"texts"}, std::uint64_t{1}, std::size_t{1});
  auto what = described(caller);
  what->deliveries.push_back({});
  what->deliveries[1].n = what->n;
  what->deliveries[1].d = sample_delivery(*what->n, 2);
  what->deliveries[1].d.channel = channel::sms;
  send(subject, place_atom_v, std::move(what));
  REQUIRE(store.accepts.waiting() == 1);
  auto kept = store.accepts.answer(receipt{});
  CHECK(kept.deliveries.at(0).status == delivery_status::queued);
  CHECK(kept.deliveries.at(1).status == delivery_status::sending);
}

TEST_CASE_METHOD(dispatcher_wait_test, "what was decided before a change does not go straight") {
  fill_slots();
  SECTION("of the person") {
    request();
    auto other = std::make_shared<const change>(change{{}, "somebody else", {}});
    send(subject, changed_atom_v, other);
    CHECK(store.accepts.waiting() == 0);
    send(subject, changed_atom_v, std::make_shared<const change>(change{{}, sample_notification()->user_id, {}}));
    CHECK(accept() == delivery_status::queued);
  }
  SECTION("of an address") {
    request();
    auto address = sample_delivery(*sample_notification()).address;
    auto news = [&](channel on, std::string changed) {
      send(subject, changed_atom_v, std::make_shared<const change>(change{{}, {}, std::pair{on, std::move(changed)}}));
    };
    news(channel::email, "somebody@else.example");
    news(channel::sms, address);
    CHECK(store.accepts.waiting() == 0);
    news(channel::email, address);
    CHECK(accept() == delivery_status::queued);
  }
  SECTION("of the settings") {
    request();
    settings = std::make_shared<feature_settings>();
    grant(1);
    CHECK(accept() == delivery_status::queued);
  }
  SECTION("of the minute: quiet hours may have begun") {
    request();
    clock.step(1min);
    grant(1);
    CHECK(accept() == delivery_status::queued);
  }
  SECTION("its expiry came") {
    auto what = described(caller);
    auto n = std::make_shared<notification>(*what->n);
    n->expires_at = clock.now() + 10ms;
    what->n = n;
    send(subject, place_atom_v, std::move(what));
    advance(10ms);
    grant(1);
    CHECK(accept() == delivery_status::queued);
  }
}

TEST_CASE_METHOD(dispatcher_wait_test, "a request waits for the few rows before it and then goes straight") {
  auto before = leave_one_in_hand();
  request();
  CHECK(store.accepts.waiting() == 0);
  send(subject, place_atom_v, std::move(before));
  store.starts.answer(std::vector<row_key>{sample_key + 1});
  run();
  CHECK(accept() == delivery_status::sending);
}

TEST_CASE_METHOD(dispatcher_wait_test, "a request does not wait for a long queue") {
  auto before = leave_one_in_hand(true);
  request();
  CHECK(accept() == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_wait_test, "who waits while a peer is restarted goes into the store") {
  fill_slots();
  request();
  send(subject, peers_atom_v, peers());
  CHECK(accept() == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_wait_test, "nobody waits in a lane that drains") {
  fill_slots();
  request();
  send(subject, drain_atom_v);
  CHECK(accept() == delivery_status::queued);
  request();
  CHECK(accept() == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_wait_test, "who waits at a dispatcher that dies is answered") {
  fill_slots();
  door other;
  send(subject, place_atom_v, described(other));
  kill(subject);
  CHECK(other.refusal().code == errc::overloaded);
  CHECK(store.accepts.waiting() == 0);
}
