#include "actors/ingest.hpp"

#include "tests/helpers/lane_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

struct ingest_test : lane_fixture {
  door caller;
  ingest_actor subject = start(ingest, ingest_config{});

  intake_ptr passed_on() { return preference_peer.take<intake_ptr>(decide_atom_v); }
  bool nothing_passed_on() const { return preference_peer.empty(); }
};

idempotency_claim claim_of(std::string key) {
  return {std::move(key), {}};
}

} // namespace

TEST_CASE_METHOD(ingest_test, "a request is passed to the person's preferences with its id, lane and times") {
  auto what = caller.request();
  what->command.send_at = start_of_tests + 1h;
  what->command.locale = "de";
  send(subject, submit_atom_v, what);
  auto n = passed_on()->n;
  CHECK(key_of(n->id) == n->key);
  CHECK(lane_of(n->id) == lane::bulk);
  CHECK(n->lane == lane::bulk);
  CHECK(n->priority == priority::medium);
  CHECK(n->category == "transactional");
  CHECK(n->created_at == start_of_tests);
  CHECK(n->send_at == start_of_tests + 1h);
  CHECK(n->locale == "de");
  CHECK(n->correlation_id == "r_1");
  CHECK(caller.answers().empty());
}

TEST_CASE_METHOD(ingest_test, "requests of one instant keep their order, with room for their deliveries between") {
  send(subject, submit_atom_v, caller.request());
  send(subject, submit_atom_v, caller.request());
  auto first = passed_on()->n->key;
  auto second = passed_on()->n->key;
  CHECK(second - first > static_cast<row_key>(bounds::deliveries));
}

TEST_CASE_METHOD(ingest_test, "expiry is the sender's, else the type's, else the category's, counted from send_at") {
  config.types["offer"].expires_after = 2h;
  auto expiry = [&](auto&& change) {
    auto what = caller.request();
    change(what->command);
    send(subject, submit_atom_v, what);
    return passed_on()->n->expires_at;
  };
  CHECK(expiry([](command&) {}) == std::nullopt);
  CHECK(expiry([](command& c) { c.type = "offer"; }) == start_of_tests + 2h);
  CHECK(expiry([](command& c) {
          c.type = "offer";
          c.send_at = start_of_tests + 1h;
        })
        == start_of_tests + 3h);
  CHECK(expiry([](command& c) { c.category = "promotional"; }) == start_of_tests + 72h);
  CHECK(expiry([](command& c) {
          c.category = "promotional";
          c.expires_at = start_of_tests + 5min;
        })
        == start_of_tests + 5min);
}

TEST_CASE_METHOD(ingest_test, "a key that is being accepted is told to wait, until the first request is gone") {
  auto first = caller.request();
  first->claim = claim_of("k");
  send(subject, submit_atom_v, std::move(first));
  auto on_its_way = passed_on();

  door other;
  auto second = other.request();
  second->claim = claim_of("k");
  send(subject, submit_atom_v, std::move(second));
  CHECK(other.refusal().code == errc::key_in_flight);
  CHECK(other.refusal().retry_after == 1s);
  CHECK(nothing_passed_on());

  on_its_way.reset();
  door third;
  auto again = third.request();
  again->claim = claim_of("k");
  send(subject, submit_atom_v, std::move(again));
  CHECK(third.answers().empty());
  CHECK_FALSE(nothing_passed_on());
}

TEST_CASE_METHOD(ingest_test, "the same key in another space is another key") {
  for (auto m : {mode::live, mode::test}) {
    auto what = caller.request();
    what->space.mode = m;
    what->claim = claim_of("k");
    send(subject, submit_atom_v, what);
  }
  CHECK(preference_peer.count<intake_ptr>(decide_atom_v) == 2);
}

TEST_CASE_METHOD(ingest_test, "a tenant over its rate hears when to come back; others are not touched") {
  auto capped = start(ingest, ingest_config{.per_tenant_rate = 2});
  for (int i = 0; i < 2; ++i)
    send(capped, submit_atom_v, caller.request());
  CHECK(caller.answers().empty());
  send(capped, submit_atom_v, caller.request());
  CHECK(caller.refusal().code == errc::rate_limited);
  CHECK(caller.refusal().retry_after == 500ms);
  CHECK(caller.refusal().quota == 2);

  door neighbour;
  auto what = neighbour.request();
  what->space.tenant = "other";
  send(capped, submit_atom_v, what);
  CHECK(neighbour.answers().empty());

  preference_peer.clear();
  advance(500ms);
  send(capped, submit_atom_v, neighbour.request());
  CHECK_FALSE(nothing_passed_on());
}

TEST_CASE_METHOD(ingest_test, "a dry run costs nothing of the tenant's rate and needs no key") {
  auto capped = start(ingest, ingest_config{.per_tenant_rate = 1});
  for (int i = 0; i < 3; ++i) {
    auto what = caller.dry_run();
    what->claim = claim_of("k");
    send(capped, submit_atom_v, what);
  }
  CHECK(caller.explanations().empty());
  CHECK(preference_peer.count<intake_ptr>(decide_atom_v) == 3);
}

TEST_CASE_METHOD(ingest_test, "a draining lane takes nothing in, not even a dry run") {
  send(subject, drain_atom_v);
  send(subject, submit_atom_v, caller.request());
  CHECK(caller.refusal().code == errc::shutting_down);
  send(subject, submit_atom_v, caller.dry_run());
  REQUIRE(caller.explanations().size() == 1);
  CHECK(caller.explanations()[0].error().code == errc::shutting_down);
  CHECK(nothing_passed_on());
}

TEST_CASE_METHOD(ingest_test, "an undeclared category is refused with its pointer, and its key is free again") {
  auto what = caller.request();
  what->command.category = "gossip";
  what->claim = claim_of("k");
  send(subject, submit_atom_v, std::move(what));
  CHECK(caller.refusal().code == errc::invalid_request);
  REQUIRE(caller.refusal().fields.size() == 1);
  CHECK(caller.refusal().fields[0].pointer == "/category");
  CHECK(keys.reserve({}, "k"));
}

TEST_CASE_METHOD(ingest_test, "before it knows its peers a lane asks to come back") {
  auto alone = spawn(ingest, ingest_config{});
  send(alone, submit_atom_v, caller.request());
  CHECK(caller.refusal().code == errc::overloaded);
  CHECK(caller.refusal().retry_after == 1s);
}

TEST_CASE_METHOD(ingest_test, "a request that is lost with a dead peer answers its caller") {
  preference_peer.leave();
  run();
  send(subject, submit_atom_v, caller.request());
  CHECK(caller.refusal().code == errc::overloaded);
}

TEST_CASE_METHOD(ingest_test, "new peers are used from then on") {
  probe other{system()};
  lane_peers changed = *peers();
  changed.preferences = {other.as<preference_actor>()};
  send(subject, peers_atom_v, std::make_shared<const lane_peers>(changed));
  send(subject, submit_atom_v, caller.request());
  CHECK(nothing_passed_on());
  CHECK(other.count<intake_ptr>(decide_atom_v) == 1);
  other.leave();
  run();
}

namespace {

fault too_late() {
  return {errc::invalid_request, "One field is wrong; see errors.", {{"/expires_at", "range", "is in the past"}}};
}

} // namespace

TEST_CASE_METHOD(ingest_test, "what is too late is refused, unless it repeats what was accepted in time") {
  auto ask = [&](door& who, result<std::optional<receipt>> known) {
    auto what = who.request();
    what->claim = claim_of("k");
    what->outdated = too_late();
    send(subject, submit_atom_v, std::move(what));
    CHECK(store.recalls.answer(std::move(known)).key == "k");
  };
  door early, late, other, unlucky;
  receipt first{ids.make(ids.reserve(start_of_tests, 1)), lane::bulk, true};
  ask(early, std::optional{first});
  REQUIRE(early.answers().size() == 1);
  CHECK(early.answers()[0]->id == first.id);
  CHECK(early.answers()[0]->replayed);
  ask(late, std::optional<receipt>{});
  CHECK(late.refusal().fields.at(0).pointer == "/expires_at");
  ask(other, fault{errc::key_reused, "another"});
  CHECK(other.refusal().code == errc::key_reused);
  ask(unlucky, fault{errc::store_unavailable, "not now"});
  CHECK(unlucky.refusal().code == errc::store_unavailable); // it may have been accepted: nobody knows now
  CHECK(nothing_passed_on());
}

TEST_CASE_METHOD(ingest_test, "a key is taken while it is looked up, and free with the answer") {
  auto what = caller.request();
  what->claim = claim_of("k");
  what->outdated = too_late();
  send(subject, submit_atom_v, std::move(what));
  door second;
  auto again = second.request();
  again->claim = claim_of("k");
  send(subject, submit_atom_v, again);
  CHECK(second.refusal().code == errc::key_in_flight);
  store.recalls.answer(std::optional<receipt>{});
  door third;
  auto free = third.request();
  free->claim = claim_of("k");
  send(subject, submit_atom_v, free);
  CHECK(third.answers().empty());
}

TEST_CASE_METHOD(ingest_test, "a dry run of what is too late is refused at once") {
  auto what = caller.dry_run();
  what->claim = claim_of("k");
  what->outdated = too_late();
  send(subject, submit_atom_v, what);
  REQUIRE(caller.explanations().size() == 1);
  CHECK(caller.explanations()[0].error().code == errc::invalid_request);
}
