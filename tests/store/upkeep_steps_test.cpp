// No step of background work is long: how many rows and pages one may touch,
// and that it ends when its time is over. The step's clock stands still or is
// moved by the test, so nothing here depends on the machine.
#include <catch2/catch_test_macros.hpp>

#include "runtime/store/inbox/inbox_rows.hpp"
#include "runtime/store/inbox/inbox_schema.hpp"
#include "runtime/store/lane/lane_file.hpp"
#include "samples.hpp"
#include "sqlite_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

/// What a step changed.
struct touched {
  std::int64_t rows = 0;
  int pages = 0;
  bool more = false;
};

/// A lane's file on the test's own thread, so that each step can be looked at.
class stepped_lane {
public:
  stepped_lane() {
    where_.folder = place_.path();
    files_ = files_of(where_);
    REQUIRE(migrate(files_.bulk));
    REQUIRE(migrate(files_.critical));
    upkeep_config config;
    config.step.clock = [this] { return steady_ += each_look; };
    lane.emplace(files_.bulk, claim_book{boards_[0], boards_[1], files_.critical, 24h}, config, clock);
    wal_.emplace(files_.bulk, checkpointer_);
  }
  /// `count` finished notifications of as many users, each with its key.
  void fill(int count, const std::string& user = "") {
    auto& db = lane->open();
    transaction all{db};
    for (int i = 0; i < count; ++i) {
      auto what = make_.make(user.empty() ? "u_" + std::to_string(i) : user, 2);
      for (auto& d : what.deliveries)
        move_to(d, delivery_status::cancelled, clock.now(), {"test", ""});
      what.claim = claim("k" + std::to_string(made_++));
      REQUIRE(lane->accept(what));
    }
    all.commit();
  }
  touched step() {
    auto& db = lane->open();
    auto rows = sqlite3_total_changes64(db.raw());
    auto pages = db.wal_pages();
    auto next = lane->upkeep(*wal_);
    return {sqlite3_total_changes64(db.raw()) - rows, db.wal_pages() - pages,
            next && *next <= std::chrono::steady_clock::now()};
  }
  /// Steps until there is nothing more to do; the longest of them, by rows and by pages.
  touched worst_step() {
    touched worst;
    for (worst.more = true; worst.more;) {
      auto one = step();
      worst = {std::max(worst.rows, one.rows), std::max(worst.pages, one.pages), one.more};
    }
    return worst;
  }
  std::int64_t count(const std::string& table) { return lane->open().number("SELECT count(*) FROM " + table); }

  manual_clock clock;
  duration each_look{0}; ///< by how much the step's clock moves whenever it is looked at
  std::optional<lane_file> lane;

private:
  temporary_folder place_;
  store_options where_;
  folder_files files_;
  claim_board boards_[2];
  checkpointer checkpointer_;
  std::optional<wal_keeper> wal_;
  steady_time steady_{};
  int made_ = 0;
  sample_maker make_{clock, carillon::lane::bulk, 0};
};

// A step's last row may go past its 256 pages by its own, and commits a few of
// bookkeeping; rows that share a page count as one.
constexpr int most_pages = 256 + 40;
constexpr std::int64_t most_rows = 256 * 16;

} // namespace

TEST_CASE("indexing, retention and expiry of keys change a bounded number of rows and pages a step") {
  stepped_lane f;
  f.fill(static_cast<int>(claim_book::merge_from) + 100);
  auto filled = f.worst_step();
  CHECK(filled.rows <= most_rows);
  CHECK(filled.pages <= most_pages);
  REQUIRE(f.count("user_index") > 16'000);
  REQUIRE(f.count("claim_log") < 1'000);

  f.clock.advance(31 * 24h);
  auto& old = f.lane->background();
  old.catch_up([](status_result) {}); // the next pass of retention begins now
  auto emptied = f.worst_step();
  CHECK(emptied.rows <= most_rows);
  CHECK(emptied.pages <= most_pages);
  CHECK(f.count("notification") == 0);
  CHECK(f.count("delivery") == 0);
  CHECK(f.count("user_index") == 0);
  CHECK(f.count("claim_log") == 0);
  CHECK(f.count("claim_period") == 0);
}

TEST_CASE("erasing a person with many notifications changes a bounded number of rows and pages a step") {
  stepped_lane f;
  f.fill(3'000, "u_1");
  bool erased = false;
  f.lane->background().erase(live, "u_1", [&](status_result r) { erased = static_cast<bool>(r); });
  auto worst = f.worst_step();
  CHECK(erased);
  CHECK(worst.rows <= most_rows);
  CHECK(worst.pages <= most_pages);
  CHECK(f.count("notification WHERE erased = 0") == 0);
}

TEST_CASE("a step ends when its time is over, however little it did") {
  stepped_lane f;
  f.fill(2'000);
  f.each_look = 1ms; // a slow disk: two looks, and the step's 2 ms are gone
  auto worst = f.worst_step();
  CHECK(worst.rows <= 80); // one run of neighbouring rows
  CHECK(f.count("user_index") == 2'000);
}

TEST_CASE("kinds of background work take turns, so that none waits for another to end") {
  stepped_lane f;
  f.fill(static_cast<int>(claim_book::merge_from));
  f.step();
  f.step();
  CHECK(f.count("user_index") > 0);
  CHECK(f.count("user_index") < 1'000);
  std::int64_t moved = 0;
  for (std::size_t slot = 0; slot < claim_tables; ++slot)
    moved += f.count("claim_" + std::to_string(slot));
  CHECK(moved > 0);
}

TEST_CASE("old items leave the inbox and a person's leave it a few at a time") {
  temporary_folder place;
  store_options where;
  where.folder = place.path();
  auto files = files_of(where);
  REQUIRE(migrate(files.inbox));
  auto db = open_for_writing(files.inbox);
  manual_clock clock;
  id_generator ids{lane::bulk, 0, 1};
  {
    transaction all{*db};
    for (int i = 0; i < 500; ++i) {
      auto id = ids.make(ids.reserve(clock.now(), 1));
      store_item(*db, {id, id, live, "u_1", "t", "title", "body", "{}", "unseen", clock.now()});
    }
    all.commit();
  }
  CHECK(erase_items(*db, live, "u_1"));
  CHECK(db->number("SELECT count(*) FROM item") == 436);
  clock.advance(1h);
  step_budget budget{30};
  CHECK(remove_items_before(*db, clock.now(), budget));
  CHECK(db->number("SELECT count(*) FROM item") == 426);
}
