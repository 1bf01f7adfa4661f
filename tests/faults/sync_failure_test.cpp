// A disk that refuses: writes that fail, stop half-way or find no room, and syncs
// after which nobody knows what is on the disk.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "faulty_store.hpp"

using namespace carillon;
using namespace carillon::test;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Refused with that code and words, and afterwards not there; then taken once the disk is well.
void check_refusal(const disk_faults& faults, errc code, const std::string& remedy) {
  faulty_store f;
  sample_maker make{f.clock(), lane::bulk, 0};
  auto before = kept(f.bulk(), make.make());
  auto refused = make.make();
  refused.claim = claim("k");
  f.disk().set(faults);
  auto answer = try_accept(f.bulk(), refused);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == code);
  CHECK_THAT(answer.error().detail, ContainsSubstring("bulk.db") && ContainsSubstring(remedy));
  REQUIRE_FALSE(f.all().problems().empty());
  f.disk().set({});
  CHECK(f.observer().wait_for_recovery());
  CHECK_FALSE(await<notification_view>([&](auto then) { f.bulk().find(live, refused.n->id, then); }));
  CHECK_FALSE(must<receipt>([&](auto then) { f.bulk().accept(refused, then); }).replayed);
  CHECK(found(f.bulk(), *before.n).deliveries.size() == 1);
  CHECK(f.all().problems().empty());
  CHECK(*check_stores(f.config()) == std::vector<std::string>{});
}

} // namespace

TEST_CASE("a write error is a 503 that names file and remedy, and service resumes by itself") {
  check_refusal({.file = "bulk.db", .write_errors = true}, errc::store_unavailable, "check the disk");
}

TEST_CASE("a write that stops half-way keeps nothing of the call") {
  check_refusal({.file = "bulk.db-wal", .short_writes = true}, errc::store_unavailable, "check the disk");
}

TEST_CASE("a failed sync refuses the call, and service resumes by itself") {
  check_refusal({.file = "bulk.db", .sync_errors = true}, errc::store_unavailable, "check the disk");
}

TEST_CASE("a full disk is a 507 that says to free space, and service resumes by itself") {
  check_refusal({.file = "bulk.db", .room = 100}, errc::storage_full, "free space");
}

// Background work is written without a sync. Where the next sync fails, its pages
// never reach the disk though the system still shows them: a hole in the WAL,
// behind which recovery would find nothing of what was answered later.
TEST_CASE("what is answered after a failed sync survives a power loss") {
  faulty_store f;
  sample_maker make{f.clock(), lane::bulk, 0};
  kept(f.bulk(), make.make());
  must<ok_t>([&](auto then) { f.bulk().catch_up(then); }); // the index by user, not synced
  f.disk().set({.file = "bulk.db-wal", .sync_errors = true});
  CHECK_FALSE(try_accept(f.bulk(), make.make()));
  f.disk().set({});
  CHECK(f.observer().wait_for_recovery());
  auto later = kept(f.bulk(), make.make());
  std::mt19937_64 random{1};
  f.crash(random);
  CHECK(found(f.bulk(), *later.n).deliveries.size() == 1);
  CHECK(*check_stores(f.config()) == std::vector<std::string>{});
}

TEST_CASE("a full disk refuses one file only, and reading goes on") {
  faulty_store f;
  sample_maker make{f.clock(), lane::bulk, 0};
  auto before = kept(f.bulk(), make.make());
  f.disk().set({.file = "bulk.db", .room = 0});
  CHECK_FALSE(try_accept(f.bulk(), make.make()));
  CHECK(found(f.bulk(), *before.n).deliveries.size() == 1);
  sample_maker urgent{f.clock(), lane::critical, 0};
  CHECK(try_accept(*f.all().critical, urgent.make()));
}
