// Work that waits in the store: read when there is credit, decided again, started.
#include "actors/dispatcher.hpp"
#include "tests/helpers/lane_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

/// Requests do not wait for a slot: that is in dispatcher_wait_test.cpp.
constexpr dispatcher_config impatient{.patience = 0ms};
const queue_key first_queue{"first", {}};

struct dispatcher_pull_test : lane_fixture {
  door caller;
  std::shared_ptr<const notification> n = sample_notification();
  dispatcher_actor subject;

  dispatcher_pull_test() {
    store.is_empty();
    config.channels[channel::sms].providers = {"texts"};
    subject = start(dispatcher, impatient);
  }

  void grant(std::string provider, std::size_t count, std::uint64_t epoch = 1) {
    send(subject, credit_atom_v, std::move(provider), epoch, count);
  }
  void ready(const queue_key& queue = first_queue) { send(subject, ready_atom_v, queue); }
  pulled row(int number = 1, std::string queue = "first") const {
    auto d = sample_delivery(*n, number);
    d.queue = std::move(queue);
    return {n, d};
  }
  pull_request give(std::vector<pulled> rows, bool more = false) {
    auto asked = store.pulls.answer(pull_result{std::move(rows), more});
    run();
    return asked;
  }
  work_ptr to_decide() { return preference_peer.take<work_ptr>(decide_atom_v); }
  std::size_t deciding() const { return preference_peer.count<work_ptr>(decide_atom_v); }
  /// Reads one row and hands it back as if it had been decided.
  void place_one() {
    grant("first", 1);
    ready();
    give({row()});
    send(subject, place_atom_v, to_decide());
  }
  /// True where a new request would start without a read.
  bool straight_way_open() {
    send(subject, place_atom_v, described(caller));
    auto status = store.accepts.answer(receipt{}).deliveries.at(0).status;
    run();
    return status == delivery_status::sending;
  }
};

} // namespace

TEST_CASE_METHOD(dispatcher_pull_test, "ready rows are read, decided again, started in the store and only then sent") {
  grant("first", 3, 5);
  ready();
  auto asked = give({row()});
  CHECK(asked.queue == "first");
  CHECK(asked.limit == 3);
  CHECK(asked.now == start_of_tests);
  CHECK(asked.except.empty());

  auto w = to_decide();
  CHECK(w->stored == delivery_status::queued);
  CHECK(w->slot.epoch() == 5);
  send(subject, place_atom_v, w);
  CHECK(first_peer.empty());
  auto starts = store.starts.answer(std::vector{w->d.key});
  run();
  REQUIRE(starts.size() == 1);
  CHECK(starts[0].key == sample_key + 1);
  CHECK(starts[0].what.provider == "first");
  CHECK(starts[0].what.number == 1);
  CHECK(first_peer.take<work_ptr>(send_atom_v) == w);
  CHECK(w->d.status == delivery_status::sending);
}

TEST_CASE_METHOD(dispatcher_pull_test, "a row that has been tried before counts on from there") {
  grant("first", 1);
  ready();
  auto again = row();
  again.d.attempts.push_back({});
  again.d.due = start_of_tests;
  give({again});
  auto w = to_decide();
  CHECK(w->stored_attempts == 1);
  send(subject, place_atom_v, w);
  auto start = store.starts.asked()[0];
  CHECK(start.what.number == 2);
  CHECK(start.due == again.d.due); // as it was read
  CHECK(w->d.due == std::nullopt);
}

TEST_CASE_METHOD(dispatcher_pull_test, "nothing is read without credit, and no more rows than credit") {
  ready();
  CHECK(store.pulls.made() == 0);
  grant("first", 2);
  CHECK(store.pulls.asked().limit == 2);
  give({row(1), row(2)}, true);
  CHECK(deciding() == 2);
  CHECK(store.pulls.waiting() == 0);
}

TEST_CASE_METHOD(dispatcher_pull_test, "rows in hand are not read again") {
  grant("first", 3);
  ready();
  give({row(1)}, true);
  CHECK(store.pulls.asked().except == std::vector<row_key>{sample_key + 1});
}

TEST_CASE_METHOD(dispatcher_pull_test, "the straight way stays closed while older work waits, is read or is in hand") {
  ready();
  CHECK_FALSE(straight_way_open()); // waits
  grant("first", 5);
  CHECK_FALSE(straight_way_open()); // is read
  give({row()});
  give({}); // what was parked just now turns out to be gone
  auto w = to_decide();
  CHECK_FALSE(straight_way_open()); // is in hand
  give({});
  send(subject, place_atom_v, w);
  CHECK_FALSE(straight_way_open()); // its start is on its way into the store
  give({});
  store.starts.answer(std::vector{w->d.key});
  run();
  CHECK(straight_way_open());
}

TEST_CASE_METHOD(dispatcher_pull_test, "a start the store refuses returns the slot: the row was cancelled") {
  place_one();
  store.starts.answer(std::vector<row_key>{});
  run();
  CHECK(first_peer.empty());
  CHECK(timers() == 0);
  CHECK(straight_way_open());
}

TEST_CASE_METHOD(dispatcher_pull_test, "a start the store cannot write is tried again after a pause") {
  place_one();
  store.starts.fail();
  run();
  CHECK(first_peer.empty());
  CHECK(store.pulls.waiting() == 0);
  advance(200ms);
  CHECK(store.pulls.asked().except.empty());
  give({row()});
  send(subject, place_atom_v, to_decide());
  store.starts.answer(std::vector{sample_key + 1});
  run();
  CHECK(first_peer.count<work_ptr>(send_atom_v) == 1);
}

TEST_CASE_METHOD(dispatcher_pull_test, "a read that fails pauses all reads and is repeated") {
  grant("first", 1);
  grant("texts", 1);
  ready();
  store.pulls.fail();
  run();
  ready({"texts", {}});
  CHECK(store.pulls.waiting() == 0);
  advance(199ms);
  CHECK(store.pulls.waiting() == 0);
  advance(1ms);
  CHECK(store.pulls.waiting() == 2);
}

TEST_CASE_METHOD(dispatcher_pull_test, "work that is dropped on its way is read again after a pause") {
  grant("first", 1);
  ready();
  give({row()});
  to_decide().reset(); // its preference actor could not look the person up, or died
  run();
  CHECK(store.pulls.waiting() == 0);
  CHECK_FALSE(straight_way_open());
  advance(200ms);
  give({row()});
  CHECK(deciding() == 1);
}

TEST_CASE_METHOD(dispatcher_pull_test, "work that ended without an attempt gives its slot and its place back") {
  grant("first", 1);
  ready();
  give({row()});
  auto w = to_decide();
  send(subject, settle_atom_v, first_queue, w->d.key); // the status sink made it durable
  w.reset();
  run();
  CHECK(timers() == 0);
  CHECK(straight_way_open());
}

TEST_CASE_METHOD(dispatcher_pull_test, "a row that became ready while its queue was read is not overlooked") {
  grant("first", 2);
  ready();
  ready();
  give({});
  CHECK(store.pulls.waiting() == 1);
}

TEST_CASE_METHOD(dispatcher_pull_test, "a slow provider's backlog takes no credit of another") {
  grant("texts", 1);
  ready();              // first has no credit
  ready({"texts", {}}); // texts has
  CHECK(give({row(2, "texts")}).queue == "texts");
  CHECK(deciding() == 1);
  CHECK(store.pulls.waiting() == 0);
}

TEST_CASE_METHOD(dispatcher_pull_test, "tenants take turns at a provider") {
  queue_key mine{"first", {"mine", mode::live}}, yours{"first", {"yours", mode::live}};
  ready(mine);
  ready(yours);
  std::vector<std::string> turns;
  for (int i = 0; i < 4; ++i) {
    grant("first", 1);
    turns.push_back(store.pulls.asked().space.tenant);
    auto next = row(i + 1);
    next.d.space = store.pulls.asked().space;
    give({next}, true);
  }
  CHECK(turns == std::vector<std::string>{"mine", "yours", "mine", "yours"});
}

TEST_CASE_METHOD(dispatcher_pull_test, "a blocked provider's rows are read for its fallback") {
  grant("first", 0, 2);
  grant("backup", 1);
  ready();
  give({row()});
  auto w = to_decide();
  CHECK(w->slot.provider() == "backup");
  send(subject, place_atom_v, w);
  store.starts.answer(std::vector{w->d.key});
  run();
  CHECK(backup_peer.take<work_ptr>(send_atom_v)->d.attempts.back().provider == "backup");
}

TEST_CASE_METHOD(dispatcher_pull_test,
                 "a row whose provider's credit was voided while it was read stays in the store") {
  grant("first", 1, 1);
  ready();
  grant("first", 0, 2);
  give({row()});
  CHECK(deciding() == 0);
  grant("first", 1, 3);
  CHECK(store.pulls.waiting() == 1);
}

TEST_CASE_METHOD(dispatcher_pull_test, "draining leaves rows in the store, also those that were read already") {
  grant("first", 2);
  ready();
  give({row(1)}, true);
  auto w = to_decide();
  send(subject, drain_atom_v);
  give({row(2)});
  send(subject, place_atom_v, std::move(w));
  CHECK(store.starts.made() == 0);
  CHECK(deciding() == 0);
  ready();
  advance(1s);
  CHECK(store.pulls.waiting() == 0);
}

TEST_CASE_METHOD(dispatcher_pull_test,
                 "rows of a provider that left the configuration go to their channel's first one") {
  ready({"gone", {}});
  auto stale = row(1, "gone");
  stale.d.provider_failures = 1;
  give({stale});
  auto order = status_sink_peer.take<order_ptr>(record_atom_v);
  CHECK(order->update.d.queue == "first");
  CHECK(order->update.d.status == delivery_status::queued);
  CHECK(order->update.d.provider_failures == 0);
  CHECK(order->update.expected == delivery_status::queued);
  CHECK(deciding() == 0);
}

TEST_CASE_METHOD(dispatcher_pull_test, "rows of a provider that is gone with its whole channel fail") {
  ready({"gone", {}});
  auto stale = row(1, "gone");
  stale.d.channel = channel::whatsapp;
  give({stale});
  auto order = status_sink_peer.take<order_ptr>(record_atom_v);
  CHECK(order->update.d.status == delivery_status::failed);
  CHECK(order->update.d.decision.rule == "no_provider");
  CHECK(order->update.release_standby); // the next channel has its turn
  CHECK(order->update.expected == delivery_status::queued);
}

TEST_CASE_METHOD(dispatcher_pull_test, "more rows of a provider that is gone are read once those before are written") {
  ready({"gone", {}});
  give({row(1, "gone"), row(2, "gone")}, true);
  CHECK(store.pulls.waiting() == 0);
  send(subject, settle_atom_v, queue_key{"gone", {}}, sample_key + 1);
  CHECK(store.pulls.waiting() == 0);
  send(subject, settle_atom_v, queue_key{"gone", {}}, sample_key + 2);
  CHECK(store.pulls.waiting() == 1);
}

TEST_CASE_METHOD(dispatcher_pull_test, "rows of a provider that is gone are read again when their orders were lost") {
  ready({"gone", {}});
  give({row(1, "gone")});
  status_sink_peer.clear(); // with its mailbox
  run();
  advance(1s);
  CHECK(store.pulls.waiting() == 1);
}

TEST_CASE_METHOD(dispatcher_pull_test, "work for a provider that is not there any more gives its slot back") {
  grant("texts", 1);
  ready({"texts", {}});
  give({row(1, "texts")});
  auto w = to_decide();
  std::weak_ptr<delivery_work> watched = w;
  send(subject, place_atom_v, std::move(w)); // no actor of that name among the peers
  store.starts.answer(std::vector{sample_key + 1});
  run();
  CHECK(watched.expired());
}

TEST_CASE_METHOD(dispatcher_pull_test, "work whose slot was voided while it was decided is not started with it") {
  grant("first", 1);
  ready();
  give({row()});
  auto w = to_decide();
  send(subject, pause_atom_v, std::string{"first"}, std::uint64_t{2});
  SECTION("it stays in the store and is read again with the next slot") {
    send(subject, place_atom_v, std::move(w));
    CHECK(store.starts.made() == 0);
    grant("first", 1, 2);
    CHECK(store.pulls.asked().except.empty());
  }
  SECTION("it takes a new slot where there is one") {
    grant("first", 1, 2);
    send(subject, place_atom_v, w);
    CHECK(store.starts.asked()[0].key == sample_key + 1);
    CHECK(w->slot.epoch() == 2);
    CHECK_FALSE(straight_way_open()); // that slot is taken
  }
}

TEST_CASE_METHOD(dispatcher_pull_test, "work that overtakes the news of its peers stays in the store") {
  place_one();
  auto fresh = spawn(dispatcher, impatient);
  auto before = store.starts.made();
  send(fresh, place_atom_v, stored_work());
  CHECK(store.starts.made() == before);
}

TEST_CASE_METHOD(dispatcher_pull_test, "after a restart of the status sink, what the dead one made ready is read") {
  grant("first", 1);
  store.queue_lists.always(std::vector<queue_state>{{"first", {}, true, {}}});
  send(subject, peers_atom_v, peers()); // the same peers
  CHECK(store.pulls.made() == 0);
  send(subject, peers_atom_v, with_new_status_sink());
  CHECK(store.pulls.made() == 1);
}
