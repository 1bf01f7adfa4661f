// Idempotency keys on their way from the log through the tables and out.
#include <catch2/catch_test_macros.hpp>

#include "runtime/store/lane/claims.hpp"
#include "samples.hpp"
#include "sqlite_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

/// Both lanes' books over files of their own.
class books {
public:
  books() {
    store_options where;
    where.folder = place_.path();
    files_ = files_of(where);
    REQUIRE(migrate(files_.bulk));
    REQUIRE(migrate(files_.critical));
    reopen();
  }
  void reopen() {
    bulk_db = open_for_writing(files_.bulk);
    bulk.emplace(bulk_board_, critical_board_, files_.critical, 24h);
    critical_db = open_for_writing(files_.critical);
    critical.emplace(critical_board_, bulk_board_, files_.bulk, 24h);
    bulk->load(*bulk_db);
    critical->load(*critical_db);
  }
  void add(const std::string& key) { bulk->add(*bulk_db, key_of(key), claim(key), id_of(key), clock.now()); }
  /// k0, k1, ...: `count` of them in one commit.
  void add_many(int count) {
    transaction all{*bulk_db};
    for (int i = 0; i < count; ++i)
      add("k" + std::to_string(i));
    all.commit();
  }
  bool knows(const std::string& key) {
    auto found = bulk->find(*bulk_db, key_of(key), clock.now());
    return found && *found && (*found)->id == id_of(key) && (*found)->digest == claim(key).digest;
  }
  bool other_knows(const std::string& key) {
    return critical->find(*critical_db, key_of(key), clock.now())->has_value();
  }
  /// One step of `pages`; true: there is more.
  bool merge_step(int pages = 256) {
    step_budget budget{pages};
    return bulk->merge(*bulk_db, clock.now(), budget, 1);
  }
  void merge() {
    while (merge_step()) {
    }
  }
  bool sweep_step(int pages = 256) {
    step_budget budget{pages};
    return bulk->sweep(*bulk_db, clock.now(), budget);
  }
  std::int64_t rows(const std::string& table) { return bulk_db->number("SELECT count(*) FROM " + table); }
  std::int64_t in_tables() {
    std::int64_t all = 0;
    for (std::size_t slot = 0; slot < claim_tables; ++slot)
      all += rows("claim_" + std::to_string(slot));
    return all;
  }

  manual_clock clock;
  std::unique_ptr<connection> bulk_db, critical_db;
  std::optional<claim_book> bulk, critical;

private:
  static claim_key key_of(const std::string& key) { return claim_key_of(live, key); }
  static uuid id_of(const std::string& key) {
    uuid id;
    id.bytes.fill(static_cast<std::uint8_t>(key.size()));
    id.bytes[0] = static_cast<std::uint8_t>(key.back());
    return id;
  }
  temporary_folder place_;
  folder_files files_;
  claim_board bulk_board_, critical_board_;
};

} // namespace

TEST_CASE("a key is known in the log, in its table, and after opening again, to both lanes") {
  books b;
  b.add_many(1'200);
  CHECK(b.knows("k7"));
  CHECK(b.other_knows("k7"));
  b.reopen();
  CHECK(b.knows("k1199"));
  CHECK(b.rows("claim_log") == 1'200);
  b.merge();
  CHECK(b.rows("claim_log") == 0);
  CHECK(b.in_tables() == 1'200);
  CHECK(b.knows("k7"));
  CHECK(b.other_knows("k7"));
  CHECK_FALSE(b.knows("k1200"));
  b.reopen();
  CHECK(b.knows("k1199"));
  CHECK(b.other_knows("k1199"));
}

TEST_CASE("keys that come during a merge stay in the log until the next") {
  books b;
  b.add_many(600);
  CHECK(b.merge_step()); // a part of them
  b.add("late");
  for (int n = 0; n < 3; ++n)
    CHECK(b.merge_step());
  CHECK(b.rows("claim_log") == 1);
  CHECK(b.knows("late"));
  CHECK(b.knows("k599"));
}

TEST_CASE("a merge that is lost with its transaction is done again") {
  books b;
  b.add_many(600);
  {
    transaction lost{*b.bulk_db};
    for (int n = 0; n < 5; ++n)
      b.merge_step();
  }
  b.bulk->load(*b.bulk_db);
  CHECK(b.knows("k0"));
  b.merge();
  CHECK(b.in_tables() == 600);
  CHECK(b.knows("k599"));
}

TEST_CASE("keys hold for their whole life and leave log and tables after it") {
  books b;
  b.add("merged");
  b.merge();
  b.add("logged");
  b.clock.advance(24h);
  CHECK(b.knows("merged"));
  CHECK(b.knows("logged"));
  b.clock.advance(7h);
  CHECK_FALSE(b.knows("merged"));
  CHECK_FALSE(b.knows("logged"));
  while (b.sweep_step()) {
  }
  CHECK(b.rows("claim_log") == 0);
  CHECK(b.in_tables() == 0);
  CHECK(b.rows("claim_period") == 0);
}

TEST_CASE("keys stay known at every point of their move") {
  books b;
  b.add_many(300);
  for (bool more = true; more;) {
    more = b.merge_step(7);
    for (auto* key : {"k0", "k150", "k299"}) {
      CHECK(b.knows(key));
      CHECK(b.other_knows(key));
    }
  }
  CHECK(b.rows("claim_log") == 0);
}

TEST_CASE("keys that come faster than steps move the older ones themselves, two for one") {
  books b;
  transaction all{*b.bulk_db};
  for (std::size_t i = 0; i < claim_book::press_from; ++i)
    b.add("k" + std::to_string(i));
  CHECK(b.in_tables() == 0);
  for (int i = 0; i < 100; ++i) {
    auto before = sqlite3_total_changes64(b.bulk_db->raw());
    b.add("pressed" + std::to_string(i));
    CHECK(sqlite3_total_changes64(b.bulk_db->raw()) - before <= 4); // itself, two, and a new table's entry
  }
  CHECK(b.in_tables() == 200);
  CHECK(b.knows("k17"));
}
