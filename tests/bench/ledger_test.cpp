#include "bench/vendor/ledger.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;

namespace {

const auto one = *vendor::parse_id("0190aaaa-bbbb-7ccc-8ddd-000000000001");
const auto other = *vendor::parse_id("0190aaaa-bbbb-7ccc-8ddd-000000000002");

} // namespace

TEST_CASE("a webhook id is read and written as a UUID") {
  CHECK(vendor::text_of(one) == "0190aaaa-bbbb-7ccc-8ddd-000000000001");
  CHECK(vendor::parse_id("0190AAAA-BBBB-7CCC-8DDD-000000000001") == one);
  CHECK_FALSE(vendor::parse_id("0190aaaa-bbbb-7ccc-8ddd-00000000000"));
  CHECK_FALSE(vendor::parse_id("0190aaaa-bbbb-7ccc-8ddd-00000000000x"));
  CHECK_FALSE(vendor::parse_id(""));
}

TEST_CASE("the mark of a load generator is found in a body") {
  const auto found =
    vendor::mark_of(R"({"data":{"data":{"bench":"c:0000000001234567890:00000000deadbeef"},"user_id":"u"}})");
  CHECK(found.traffic == 'c');
  CHECK(found.sent == 1'234'567'890ns);
  CHECK(found.key == 0xdeadbeef);
  CHECK(vendor::mark_of("{}").traffic == '-');
  CHECK(vendor::mark_of(R"({"bench":"b:12)").sent == 0ns);
}

TEST_CASE("a repeated call is a duplicate with the instants of both") {
  vendor::ledger book;
  CHECK(book.record(one, {'b', 5ns, 7}, 10ns));
  CHECK(book.record(other, {'b', 5ns, 8}, 20ns));
  CHECK_FALSE(book.record(one, {'b', 5ns, 7}, 30ns));
  CHECK(book.repeats() == "0190aaaa-bbbb-7ccc-8ddd-000000000001 10 30\n");
  CHECK(book.stats_json().find(R"("calls": 3, "distinct": 2, "duplicates": 1)") != std::string::npos);
  CHECK(book.ids().find("0190aaaa-bbbb-7ccc-8ddd-000000000001 2 0000000000000007\n") != std::string::npos);
}
