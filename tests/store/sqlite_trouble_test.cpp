// What goes wrong with disks and files: a clear error, nothing half kept, and
// recovery without a restart.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "samples.hpp"
#include "sqlite_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using Catch::Matchers::ContainsSubstring;

namespace {

void limit_pages(sqlite_fixture& f, const std::string& pages) {
  must<ok_t>([&](auto then) {
    f.sqlite(lane::bulk).on_writer([pages](connection& db) { db.exec("PRAGMA max_page_count=" + pages); }, then);
  });
}

acceptance large(sample_maker& make) {
  auto what = make.make();
  auto n = std::make_shared<notification>(*what.n);
  n->content.body = std::string(200'000, 'x');
  what.n = n;
  return what;
}

fault open_error(const options& from, const wall_clock& clock) {
  recording_observer watch;
  auto opened = open_stores(from, clock, watch);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::store_unavailable);
  return opened.error();
}

} // namespace

TEST_CASE("a full disk refuses what does not fit and recovers by itself") {
  sqlite_fixture f;
  sample_maker make{f, lane::bulk};
  kept(f.bulk(), make.make());
  limit_pages(f, "1"); // SQLite never goes below the present size
  auto refused = large(make);
  refused.claim = claim("k");
  auto answer = try_accept(f.bulk(), refused);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::storage_full);
  CHECK_THAT(answer.error().detail, ContainsSubstring("bulk.db") && ContainsSubstring("free space"));
  CHECK(f.observer().troubles() > 0); // over by now, maybe: a probe is small and may fit
  CHECK_FALSE(await<notification_view>([&](auto then) { f.bulk().find(live, refused.n->id, then); }));

  limit_pages(f, "1000000");
  auto retried = try_accept(f.bulk(), refused);
  REQUIRE(retried);
  CHECK_FALSE(retried->replayed);
  CHECK(f.all().problems().empty());
}

TEST_CASE("a file in trouble turns good without traffic once the cause is gone") {
  sqlite_fixture f;
  {
    connection other{f.file("bulk.db"), SQLITE_OPEN_READWRITE, 5'000}; // the writer may be at its upkeep
    transaction lock{other};
    auto answer = try_accept(f.bulk(), sample_maker{f, lane::bulk}.make());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == errc::store_unavailable);
    CHECK_THAT(answer.error().detail, ContainsSubstring("locked") && ContainsSubstring("bulk.db"));
    REQUIRE(f.all().problems().size() == 1);
    CHECK(f.all().problems()[0].file == "bulk.db");
  }
  CHECK(f.observer().wait_for_recovery());
  CHECK(f.all().problems().empty());
}

TEST_CASE("a second process on the same folder is told whose it is") {
  sqlite_fixture f;
  auto why = open_error(f.config(), f.clock());
  CHECK_THAT(why.detail, ContainsSubstring(f.config().store.folder.string()) && ContainsSubstring("in use"));
}

TEST_CASE("a damaged file is refused by its name with a remedy") {
  sqlite_fixture f;
  f.close();
  for (auto* name : {"-wal", "-shm"})
    std::filesystem::remove(f.file("critical.db").string() + name);
  std::ofstream{f.file("critical.db"), std::ios::binary | std::ios::in} << "this is no database at all";
  auto why = open_error(f.config(), f.clock());
  CHECK_THAT(why.detail, ContainsSubstring("critical.db") && ContainsSubstring("backup"));
}

TEST_CASE("a file that is gone beside the others begins empty, and that is told") {
  sqlite_fixture f;
  CHECK(f.observer().lost.empty()); // a new folder
  f.close();
  for (auto* end : {"", "-wal", "-shm"})
    std::filesystem::remove(f.file("bulk.db").string() + end);
  recording_observer watch;
  REQUIRE(open_stores(f.config(), f.clock(), watch));
  CHECK(watch.lost == std::vector<std::string>{"bulk.db"});
}

TEST_CASE("a file of a newer version is refused") {
  sqlite_fixture f;
  f.close();
  {
    connection db{f.file("inbox.db"), SQLITE_OPEN_READWRITE, 0};
    db.exec("PRAGMA user_version=999");
  }
  auto why = open_error(f.config(), f.clock());
  CHECK_THAT(why.detail, ContainsSubstring("inbox.db") && ContainsSubstring("999") && ContainsSubstring("newer"));
}

TEST_CASE("a file of the first version is brought up to date when it is opened, with what it holds") {
  sqlite_fixture f;
  sample_maker maker{f, lane::bulk};
  auto letter = kept(f.bulk(), maker.make());
  finished(f.bulk(), letter, delivery_status::dead_lettered, f.clock().now());
  auto waits = maker.make("u_2");
  auto& place = waits.deliveries[0];
  move_to(place, delivery_status::scheduled, f.clock().now());
  place.place = place.due = f.clock().now() + std::chrono::hours{1};
  kept(f.bulk(), waits);
  f.close();
  {
    connection db{f.file("bulk.db"), SQLITE_OPEN_READWRITE, 0};
    db.exec("DROP INDEX reserved; UPDATE delivery SET place = 1 WHERE place != 0; ALTER TABLE delivery RENAME COLUMN "
            "place TO limits_paid; "
            "ALTER TABLE delivery DROP COLUMN attempts_before; PRAGMA user_version=1");
  }
  f.open();
  auto d = first_of(f.bulk(), letter);
  CHECK(d.status == delivery_status::dead_lettered);
  CHECK(d.attempts.size() == 1);
  CHECK(d.attempts_before == 0);
  CHECK_FALSE(d.place);
  CHECK(first_of(f.bulk(), waits).place == place.due);
}

TEST_CASE("a folder that cannot be made is named with a remedy") {
  temporary_folder place;
  std::ofstream{place.path() / "file"} << "in the way";
  options from;
  from.store.folder = place.path() / "file" / "data";
  manual_clock clock;
  auto why = open_error(from, clock);
  CHECK_THAT(why.detail, ContainsSubstring("file/data") && ContainsSubstring("[store] url"));
}

TEST_CASE("the files are private in a folder that is not") {
  using std::filesystem::perms;
  sqlite_fixture f;
  f.close();
  std::filesystem::permissions(f.config().store.folder, perms::owner_all | perms::others_read | perms::others_exec);
  std::filesystem::permissions(f.file("bulk.db"), perms::owner_all | perms::others_read);
  f.open();
  kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  for (auto* name : {"bulk.db", "bulk.db-wal", "bulk.db-shm", "control.db", "inbox.db", "critical.db"})
    CHECK((std::filesystem::status(f.file(name)).permissions() & perms::others_all) == perms::none);
}

TEST_CASE("the folder is private") {
  sqlite_fixture f;
  CHECK(std::filesystem::status(f.config().store.folder).permissions() == std::filesystem::perms::owner_all);
}

TEST_CASE("integrity and schema are checked beside a running store") {
  sqlite_fixture f;
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make("u_1", 2));
  CHECK(must<int>([&](auto then) { then(static_cast<int>(check_stores(f.config())->size())); }) == 0);
  auto states = *schema_status(f.config());
  for (auto& state : states)
    CHECK(state.version == state.wanted);
  must<ok_t>([&](auto then) {
    f.sqlite(lane::bulk).on_writer([&](connection& db) { db.exec("DELETE FROM delivery WHERE key % 2 = 0"); }, then);
  });
  auto problems = *check_stores(f.config());
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0], ContainsSubstring("bulk.db: 1 notifications that lack deliveries"));
}

TEST_CASE("schemas of a new folder are made by migrate alone") {
  temporary_folder place;
  options from;
  from.store.folder = place.path() / "data";
  CHECK(schema_status(from)->at(0).version == 0);
  auto states = migrate_stores(from);
  REQUIRE(states);
  for (auto& state : *states)
    CHECK(state.version == state.wanted);
}
