#include <set>
#include <thread>

#include "messages/id.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

constexpr sys_time start{std::chrono::sys_days{std::chrono::January / 15 / 2026}};
constexpr row_key highest_key = 0x7fff'ffff'ffff'ffff;

} // namespace

TEST_CASE("keys ascend however the clock steps") {
  test::seeded_random random;
  INFO(random.seed_text());
  id_generator ids{lane::bulk, 0, 1};
  row_key next_free = 0;
  auto now = start;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::microseconds{random.chance(0.02) ? random.between(-3'600'000'000, 3'600'000'000)
                                                         : random.between(0, 500)};
    auto count = static_cast<std::uint32_t>(random.between(1, 1024));
    auto first = ids.reserve(now, count);
    REQUIRE(first >= next_free);
    REQUIRE(first >= first_key_at(now));
    next_free = first + count;
  }
}

TEST_CASE("keys go on from the newest one in the store") {
  id_generator ids{lane::critical, first_key_at(start + 1h) + 41, 1};
  CHECK(ids.reserve(start, 1) == first_key_at(start + 1h) + 42);
}

TEST_CASE("a block takes as many keys as were asked for") {
  id_generator ids{lane::bulk, 0, 1};
  auto first = ids.reserve(start, 5);
  CHECK(ids.reserve(start, 1) == first + 5);
}

TEST_CASE("threads never share a key") {
  id_generator ids{lane::bulk, 0, 1};
  std::array<std::vector<row_key>, 4> taken;
  {
    std::vector<std::jthread> threads;
    for (auto& mine : taken)
      threads.emplace_back([&] {
        for (int i = 0; i < 5'000; ++i)
          mine.push_back(ids.reserve(start, 2));
      });
  }
  std::set<row_key> all;
  for (auto& mine : taken)
    all.insert(mine.begin(), mine.end());
  CHECK(all.size() == 20'000);
}

TEST_CASE("the key, the lane and the instant are read back from an id") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (auto l : all_lanes) {
    id_generator ids{l, 0, 7};
    for (auto key : {row_key{0}, row_key{1}, row_key{0x7fff}, row_key{0x8000}, highest_key})
      CHECK(key_of(ids.make(key)) == key);
    for (int i = 0; i < 5'000; ++i) {
      auto key = random.between(0, highest_key);
      auto id = ids.make(key);
      REQUIRE(key_of(id) == key);
      REQUIRE(lane_of(id) == l);
    }
  }
}

TEST_CASE("an id's time is the millisecond it was made in") {
  auto at = start + 123'456us;
  CHECK(time_of(first_key_at(at)) == start + 123ms);
  CHECK(time_of(first_key_at(at) + 0x7fff) == start + 123ms);
  CHECK(time_of(first_key_at(at) + 0x8000) == start + 124ms);
  CHECK(first_key_at(sys_time{-1s}) == 0);
}

TEST_CASE("ids sort as their keys do") {
  test::seeded_random random;
  INFO(random.seed_text());
  id_generator ids{lane::bulk, 0, 3};
  for (int i = 0; i < 2'000; ++i) {
    auto a = random.between(0, highest_key), b = random.between(0, highest_key);
    if (a != b)
      REQUIRE((ids.make(a) < ids.make(b)) == (a < b));
  }
}

TEST_CASE("the same key twice gives two ids") {
  id_generator ids{lane::bulk, 0, 3};
  CHECK(ids.make(5) != ids.make(5));
}

TEST_CASE("an id's text parses back, in either case") {
  id_generator ids{lane::critical, 0, 11};
  for (row_key key = 1; key > 0 && key < highest_key / 3; key *= 3) {
    auto id = ids.make(key);
    auto text = to_string(id);
    CAPTURE(text);
    REQUIRE(text.size() == 36);
    REQUIRE(text[14] == '7');
    REQUIRE(std::string{"89ab"}.find(text[19]) != std::string::npos);
    REQUIRE(parse_uuid(text) == id);
    for (auto& c : text)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    REQUIRE(parse_uuid(text) == id);
  }
}

TEST_CASE("the example of RFC 9562, appendix A.6, parses") {
  auto id = parse_uuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  REQUIRE(id);
  CHECK(to_string(*id) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  CHECK(time_of(key_of(*id)) == sys_time{1'645'557'742'000ms});
}

TEST_CASE("what is not a canonical version 7 id does not parse") {
  for (auto text : {"", "017f22e2", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                    "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-18c4-dc0c0c07398f",
                    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2_79b0-7cc3-98c4-dc0c0c07398f",
                    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ", "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_uuid(text));
  }
}
