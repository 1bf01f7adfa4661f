#include "runtime/http/door.hpp"

#include <catch2/catch_test_macros.hpp>
#include <optional>

using namespace carillon;
using namespace carillon::http;

namespace {

using std::chrono::seconds;

struct guest final : visitor {
  void begin(std::uint64_t t) override { ticket = t; }
  void give_up(fault why) override { refused = std::move(why); }
  std::optional<std::uint64_t> ticket;
  std::optional<fault> refused;
};

constexpr door::instant start{};

std::shared_ptr<guest> enter(door& at, door::instant deadline = start + seconds{5}) {
  auto who = std::make_shared<guest>();
  at.enter(who, start, deadline);
  return who;
}

} // namespace

TEST_CASE("a door lets in as many as its bound and queues the rest in order") {
  door at{2, 10};
  auto a = enter(at), b = enter(at), c = enter(at), d = enter(at);
  CHECK((a->ticket && b->ticket && !c->ticket && !d->ticket));
  CHECK(at.inside() == 2);
  CHECK(at.waiting() == 2);
  CHECK(at.leave(*b->ticket));
  CHECK((c->ticket && !d->ticket));
  CHECK(at.leave(*a->ticket));
  CHECK(d->ticket);
}

TEST_CASE("past its queue a door refuses as overloaded, after a pause, and says when to come back") {
  door at{1, 1};
  auto inside = enter(at), waiting = enter(at), refused = enter(at);
  at.expire(start + door::refusal_pause - std::chrono::milliseconds{1});
  CHECK_FALSE(refused->refused);
  at.expire(start + door::refusal_pause);
  REQUIRE(refused->refused);
  CHECK(refused->refused->code == errc::overloaded);
  CHECK(refused->refused->retry_after == seconds{1});
  CHECK_FALSE(waiting->refused);
}

TEST_CASE("a refusal does not wait past the deadline") {
  door at{1, 1};
  auto inside = enter(at), waiting = enter(at), hurried = enter(at, start + std::chrono::milliseconds{100});
  at.expire(start + std::chrono::milliseconds{100});
  REQUIRE(hurried->refused);
  CHECK(hurried->refused->code == errc::overloaded);
}

TEST_CASE("as many wait for their refusal as in the queue, and the rest is refused at once") {
  door at{1, 2};
  auto inside = enter(at), first = enter(at), second = enter(at), third = enter(at), fourth = enter(at);
  CHECK_FALSE((third->refused || fourth->refused));
  auto fifth = enter(at);
  CHECK(fifth->refused);
}

TEST_CASE("nobody overtakes those who wait") {
  door at{1, 5};
  auto a = enter(at), b = enter(at);
  at.leave(*a->ticket);
  auto c = enter(at);
  CHECK(b->ticket);
  CHECK_FALSE(c->ticket);
}

TEST_CASE("who waits past the deadline is given up and never begins") {
  door at{1, 5};
  auto a = enter(at, start + seconds{9}), late = enter(at, start + seconds{5}), patient = enter(at, start + seconds{6});
  at.expire(start + seconds{5});
  REQUIRE(late->refused);
  CHECK(late->refused->code == errc::store_unavailable);
  CHECK_FALSE(patient->refused);
  at.leave(*a->ticket);
  CHECK_FALSE(late->ticket);
  CHECK(patient->ticket);
}

TEST_CASE("an answer after the deadline is nobody's, and only then the place is free") {
  door at{1, 5};
  auto slow = enter(at), next = enter(at, start + seconds{60});
  at.expire(start + seconds{5});
  CHECK(slow->refused);
  CHECK_FALSE(next->ticket); // the engine still works on the slow one
  CHECK_FALSE(at.leave(*slow->ticket));
  CHECK(next->ticket);
}

TEST_CASE("a deadline strikes once") {
  door at{1, 5};
  auto slow = enter(at);
  at.expire(start + seconds{5});
  slow->refused.reset();
  at.expire(start + seconds{6});
  CHECK_FALSE(slow->refused);
}

TEST_CASE("a ticket that left is unknown") {
  door at{1, 5};
  auto a = enter(at);
  CHECK(at.leave(*a->ticket));
  CHECK_FALSE(at.leave(*a->ticket));
  CHECK_FALSE(at.leave(99));
}

TEST_CASE("a visitor may leave while it begins") {
  struct hasty final : visitor {
    explicit hasty(door& d) : at(d) {}
    void begin(std::uint64_t ticket) override { at.leave(ticket); }
    void give_up(fault) override {}
    door& at;
  };
  door at{1, 5};
  for (int i = 0; i < 3; ++i)
    at.enter(std::make_shared<hasty>(at), start, start + seconds{5});
  CHECK(at.inside() == 0);
  CHECK(at.waiting() == 0);
}
