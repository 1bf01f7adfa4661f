// The embedded store's own promises: erased text leaves the files, hot
// statements use an index, keys leave their tables.
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <iterator>

#include "control_store_suite.hpp"
#include "inbox_store_suite.hpp"
#include "runtime/store/lane/lane_reads.hpp"
#include "sqlite_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

bool anywhere_in_files(const std::filesystem::path& folder, const std::string& text) {
  for (auto& entry : std::filesystem::directory_iterator{folder}) {
    std::ifstream file{entry.path(), std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    if (bytes.find(text) != std::string::npos)
      return true;
  }
  return false;
}

acceptance telling(sample_maker& make, std::size_t bytes) {
  auto what = make.make("u_1");
  auto n = std::make_shared<notification>(*what.n);
  n->content.body = "XYZZY-BODY " + std::string(bytes, '.') + " XYZZY-END";
  n->to.email = "xyzzy-contact@example.org";
  what.n = n;
  what.deliveries[0].address = "xyzzy-address@example.org";
  return what;
}

/// Idempotency keys: six rows of the ring and a bounded log, read at opening; the
/// log's sweep takes its first few rows.
bool walked_in_order(std::string_view plan) {
  return plan == "SCAN claim_period" || plan == "SCAN claim_log";
}

/// How SQLite would run every statement `db` has prepared.
std::vector<std::string> scans_of(connection& db) {
  std::vector<std::string> queries;
  for (auto* raw = sqlite3_next_stmt(db.raw(), nullptr); raw != nullptr; raw = sqlite3_next_stmt(db.raw(), raw))
    queries.emplace_back(sqlite3_sql(raw));
  std::vector<std::string> scans;
  std::deque<std::string> texts; // a connection knows statements by their address
  for (auto& sql : queries) {
    if (!sql.starts_with("SELECT") && !sql.starts_with("UPDATE") && !sql.starts_with("DELETE"))
      continue;
    auto plan = db.use(texts.emplace_back("EXPLAIN QUERY PLAN " + sql).c_str());
    while (plan.step())
      if (plan.view(3).starts_with("SCAN") && !walked_in_order(plan.view(3)))
        scans.push_back(sql + ": " + plan.text(3));
  }
  return scans;
}

} // namespace

TEST_CASE("after an erasure the person's text is in no file") {
  sqlite_fixture f;
  sample_maker make{f, lane::bulk};
  for (auto bytes : {std::size_t{10}, std::size_t{50'000}}) {
    auto what = kept(f.bulk(), telling(make, bytes));
    auto d = what.deliveries[0];
    started(f.bulk(), d.key, attempt_at(f.clock().now()));
    d = first_of(f.bulk(), what);
    d.attempts[0].detail = "refused: xyzzy-detail";
    move_to(d, delivery_status::failed, f.clock().now(), {"bad_address", "xyzzy-reason"});
    updated(f.bulk(), {d, delivery_status::sending, 1});
    kept(f.bulk(), make.make("u_2"));
  }
  f.settle(lane::bulk);
  REQUIRE(anywhere_in_files(f.config().store.folder, "XYZZY-BODY"));
  must<ok_t>([&](auto then) { f.bulk().erase(live, "u_1", then); });
  f.settle(lane::bulk);
  for (auto* text : {"XYZZY-BODY", "XYZZY-END", "xyzzy-contact", "xyzzy-address", "xyzzy-detail", "xyzzy-reason"})
    CHECK_FALSE(anywhere_in_files(f.config().store.folder, text));
}

TEST_CASE("an erased user leaves control and inbox files too") {
  sqlite_fixture f;
  auto user = control_cases::sample_user();
  user.contacts.email = "xyzzy-contact@example.org";
  must<user_ptr>([&](auto then) { f.control().put_user(user, user_part::both, {}, then); });
  id_generator ids{lane::bulk, 0, 1};
  auto item = inbox_cases::item_of(f, ids);
  item.body = "xyzzy-body";
  inbox_cases::added(f, item);
  REQUIRE(anywhere_in_files(f.config().store.folder, "xyzzy"));
  must<ok_t>([&](auto then) { f.control().erase_user(live, "u_1", f.clock().now(), then); });
  must<ok_t>([&](auto then) { f.inbox().erase(live, "u_1", then); });
  f.close(); // the last connection empties the WAL
  CHECK_FALSE(anywhere_in_files(f.config().store.folder, "xyzzy"));
}

TEST_CASE("no statement of the engine's reads or writes scans a table") {
  sqlite_fixture f;
  sample_maker make{f, lane::bulk};
  auto what = make.make("u_1", 2);
  what.claim = claim("k");
  kept(f.bulk(), what);
  finished(f.bulk(), what, delivery_status::held, f.clock().now());
  auto timed = make.make();
  timed.deliveries[0].due = f.clock().now() + 1h;
  kept(f.bulk(), timed);
  f.settle(lane::bulk);

  auto files = files_of(f.config().store);
  auto db = open_for_reading(files.bulk);
  lane_tables in{*db};
  auto now = f.clock().now();
  pull(in, {provider, live, now, 10, {}});
  queue_states(in, now);
  due_between(in, now, now + 2h, 10);
  expired_held(in, now, 10);
  in_flight(in, provider, 0, 10);
  recent_attempts(in, now, now);
  find_view(in, live, what.n->id);
  notification_filter mine;
  mine.space = live;
  mine.user_id = "u_1";
  list_page(in, mine);
  CHECK(scans_of(*db) == std::vector<std::string>{});

  std::vector<std::string> writes;
  must<ok_t>([&](auto then) { f.sqlite(lane::bulk).on_writer([&](connection& w) { writes = scans_of(w); }, then); });
  CHECK(writes == std::vector<std::string>{});
}

TEST_CASE("looking for work costs the same however much of it waits") {
  auto steps_with = [](int waiting) {
    sqlite_fixture f;
    sample_maker make{f, lane::bulk};
    for (int i = 0; i < waiting; ++i)
      kept(f.bulk(), make.make());
    f.settle(lane::bulk);
    auto db = open_for_reading(files_of(f.config().store).bulk);
    lane_tables in{*db};
    auto now = f.clock().now();
    REQUIRE(queue_states(in, now).size() == 1);
    due_between(in, now, now + 1h, 10);
    expired_held(in, now, 10);
    in_flight(in, provider, 0, 10);
    int steps = 0; // of SQLite's virtual machine
    for (auto* raw = sqlite3_next_stmt(db->raw(), nullptr); raw != nullptr; raw = sqlite3_next_stmt(db->raw(), raw))
      steps += sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_VM_STEP, 0);
    return steps;
  };
  auto few = steps_with(3);
  CHECK(few > 0);
  CHECK(steps_with(300) < few + few / 10);
}

TEST_CASE("expired idempotency keys leave their tables") {
  sqlite_fixture f;
  sample_maker make{f, lane::bulk};
  for (int i = 0; i < 10; ++i) {
    auto what = make.make();
    what.claim = claim("k" + std::to_string(i));
    kept(f.bulk(), what);
    f.clock().advance(f.idempotency_ttl());
    f.settle(lane::bulk);
  }
  auto db = open_for_reading(files_of(f.config().store).bulk);
  auto kept_keys = db->number("SELECT count(*) FROM claim_log");
  for (int slot = 0; slot < static_cast<int>(claim_tables); ++slot)
    kept_keys += db->number("SELECT count(*) FROM claim_" + std::to_string(slot));
  CHECK(kept_keys <= 2);
}

TEST_CASE("preferences are readable as the table people expect") {
  sqlite_fixture f;
  must<user_ptr>([&](auto then) { f.control().put_user(control_cases::sample_user(), user_part::both, {}, then); });
  auto db = open_for_reading(files_of(f.config().store).control);
  auto row = db->use("SELECT user_id, notification_type, channel, enabled FROM user_notification_preferences "
                     "ORDER BY notification_type DESC");
  REQUIRE(row.step());
  CHECK(row.text(0) == "u_1");
  CHECK(row.text(1) == "order_shipped");
  CHECK(row.text(2) == "sms");
  CHECK(row.integer(3) == 0);
  REQUIRE(row.step());
  CHECK(row.text(1) == "*");
  CHECK(row.text(2) == "*");
  CHECK(row.integer(3) == 1);
}

TEST_CASE("what waits for its retry is ready once the clock is set back, what waits for an hour stays") {
  sqlite_fixture f;
  sample_maker make{f, lane::bulk};
  auto retried = make.make();
  retried.deliveries[0].due = f.clock().now() + 30s;
  kept(f.bulk(), retried);
  auto limited = make.make();
  auto& place = limited.deliveries[0];

  move_to(place, delivery_status::scheduled, f.clock().now());
  place.place = place.due = f.clock().now() + 1min;
  kept(f.bulk(), limited);
  auto at_an_hour = make.make();
  move_to(at_an_hour.deliveries[0], delivery_status::scheduled, f.clock().now());
  at_an_hour.deliveries[0].due = f.clock().now() + 1h;
  kept(f.bulk(), at_an_hour);
  f.settle(lane::bulk);
  CHECK(pulled_from(f.bulk(), f.clock().now()).rows.empty());

  f.clock().advance(-24h);
  for (int opened = 0; opened < 2; ++opened) {
    auto ready = keys_of(pulled_from(f.bulk(), f.clock().now()).rows);
    CHECK(ready == std::vector{retried.deliveries[0].key, limited.deliveries[0].key});
    auto queues = must<std::vector<queue_state>>([&](auto then) { f.bulk().queues(then); });
    REQUIRE(queues.size() == 1);
    CHECK(queues[0].ready);
    f.reopen();
  }
}
