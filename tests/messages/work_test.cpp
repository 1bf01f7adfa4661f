#include "messages/work.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

struct answers {
  std::vector<result<receipt>> got;
  reply<receipt> make() {
    return reply<receipt>{[this](result<receipt> answer) { got.push_back(std::move(answer)); }};
  }
};

} // namespace

TEST_CASE("a reply that dies unanswered says that nothing was accepted") {
  answers door;
  { auto lost = door.make(); }
  REQUIRE(door.got.size() == 1);
  REQUIRE_FALSE(door.got[0]);
  CHECK(door.got[0].error().code == errc::overloaded);
  CHECK(door.got[0].error().retry_after == std::chrono::seconds{1});
}

TEST_CASE("a door is answered once, however often it is tried") {
  answers door;
  {
    auto answer = door.make();
    answer(receipt{});
    answer(fault{errc::internal_error, "late"});
  }
  REQUIRE(door.got.size() == 1);
  CHECK(door.got[0]);
}

TEST_CASE("a moved reply answers from where it went") {
  answers door;
  auto first = door.make();
  reply<receipt> second{std::move(first)};
  reply<receipt> third;
  third = std::move(second);
  CHECK(door.got.empty());
  third(receipt{});
  CHECK(door.got.size() == 1);
}

TEST_CASE("a released reply leaves the answer to the port") {
  answers door;
  done<receipt> then;
  {
    auto answer = door.make();
    then = answer.release();
    CHECK_FALSE(answer);
  }
  CHECK(door.got.empty());
  then(receipt{});
  CHECK(door.got.size() == 1);
}

TEST_CASE("an unused slot goes back once, a spent one does not") {
  int given_back = 0;
  {
    slot unused{"p", 3, [&] { ++given_back; }};
    slot moved{std::move(unused)};
    CHECK(moved);
    CHECK(moved.provider() == "p");
    CHECK(moved.epoch() == 3);
    CHECK(given_back == 0);
  }
  CHECK(given_back == 1);
  {
    slot spent{"p", 3, [&] { ++given_back; }};
    spent.spend();
    CHECK_FALSE(spent);
  }
  CHECK(given_back == 1);
}

TEST_CASE("a slot that is replaced goes back at once") {
  int given_back = 0;
  slot one{"p", 1, [&] { ++given_back; }};
  one = slot{};
  CHECK(given_back == 1);
  CHECK_FALSE(one);
}
