#include "actors/policy/breaker.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;
using enum breaker_state;

namespace {

constexpr breaker::instant start{1'000h};

breaker_options small() {
  breaker_options config;
  config.window = 10;
  config.window_time = 60s;
  config.min_calls = 4;
  config.failure_rate = 0.5;
  config.slow_call = 2s;
  config.slow_rate = 0.75;
  config.consecutive = 0;
  config.open_for = 30s;
  config.half_open_calls = 2;
  return config;
}

/// A breaker with a clock that the test turns.
struct driven {
  breaker b;
  breaker::instant now = start;

  explicit driven(breaker_options config = small()) : b(config) {}
  void call(call_result what, breaker::clock_duration took = 1ms) {
    b.begin(now);
    now += took;
    b.end(now, what, took);
  }
  void fail(int times = 1) {
    for (; times > 0; --times)
      call(call_result::failure);
  }
  void succeed(int times = 1) {
    for (; times > 0; --times)
      call(call_result::success);
  }
  breaker_state state() { return b.state(now); }
  void open_then_wait() {
    b.trip(now);
    now += 30s;
  }
};

} // namespace

TEST_CASE("outcomes count as the provider's fault, the message's, or a success") {
  CHECK(call_result_of(outcome::accepted) == call_result::success);
  CHECK(call_result_of(outcome::retry) == call_result::failure);
  CHECK(call_result_of(outcome::ambiguous) == call_result::failure);
  CHECK(call_result_of(outcome::bad_credentials) == call_result::failure);
  CHECK(call_result_of(outcome::bad_address) == call_result::ignored);
  CHECK(call_result_of(outcome::bad_message) == call_result::ignored);
  CHECK(call_result_of(outcome::throttled) == call_result::ignored);
  CHECK(call_result_of(outcome::throttled, true) == call_result::failure);
  CHECK(call_result_of(outcome::bad_message, true) == call_result::ignored);
}

TEST_CASE("a breaker starts closed and allows every free slot") {
  driven d;
  CHECK(d.state() == closed);
  CHECK(d.b.allowed(d.now, 64) == 64);
  CHECK(d.b.failure_rate(d.now) == 0);
  CHECK(d.b.times_opened() == 0);
}

TEST_CASE("it opens when the failure rate is reached, not before min_calls") {
  driven d;
  d.fail(3);
  CHECK(d.state() == closed);
  d.fail();
  CHECK(d.state() == open);
  CHECK(d.b.allowed(d.now, 64) == 0);
  CHECK(d.b.times_opened() == 1);
}

TEST_CASE("a failure rate below the threshold leaves it closed") {
  driven d;
  for (int i = 0; i < 20; ++i) {
    d.succeed(2);
    d.fail();
  }
  CHECK(d.state() == closed);
}

TEST_CASE("calls beyond the window's count are forgotten") {
  driven d;
  d.succeed(100);
  d.fail(4);
  CHECK(d.state() == closed);
  CHECK(d.b.failure_rate(d.now) == 0.4);
  d.fail();
  CHECK(d.state() == open);
}

TEST_CASE("calls beyond the window's time are forgotten") {
  driven d;
  d.fail(3);
  d.now += 60s;
  CHECK(d.b.failure_rate(d.now) == 0);
  d.fail(3);
  CHECK(d.state() == closed);
}

TEST_CASE("slow calls open it though they succeed") {
  driven d;
  for (int i = 0; i < 3; ++i)
    d.call(call_result::success, 2s);
  CHECK(d.state() == closed);
  d.call(call_result::success, 2s);
  CHECK(d.state() == open);
}

TEST_CASE("a call just below slow_call is not slow") {
  driven d;
  for (int i = 0; i < 10; ++i)
    d.call(call_result::success, 1'999ms);
  CHECK(d.state() == closed);
}

TEST_CASE("consecutive failures open it before min_calls") {
  auto config = small();
  config.consecutive = 3;
  config.min_calls = config.window + 1; // no rate is ever looked at
  driven d{config};
  d.fail(2);
  d.succeed();
  d.fail(2);
  d.succeed(4);
  d.fail(2);
  CHECK(d.state() == closed);
  d.fail();
  CHECK(d.state() == open);
}

TEST_CASE("ignored results neither fail nor heal") {
  auto config = small();
  config.consecutive = 3;
  driven d{config};
  d.fail(2);
  d.call(call_result::ignored);
  CHECK(d.b.failure_rate(d.now) == 1);
  d.fail();
  CHECK(d.state() == open);
}

TEST_CASE("an open breaker turns half-open when open_for has passed") {
  driven d;
  d.b.trip(d.now);
  CHECK(d.b.reopens_at() == start + 30s);
  d.now = start + 30s - 1ns;
  CHECK(d.state() == open);
  d.now += 1ns;
  CHECK(d.state() == half_open);
}

TEST_CASE("half-open lets through exactly its probes") {
  driven d;
  d.open_then_wait();
  CHECK(d.b.allowed(d.now, 64) == 2);
  CHECK(d.b.allowed(d.now, 1) == 1);
  d.b.begin(d.now);
  CHECK(d.b.allowed(d.now, 64) == 1);
  d.b.begin(d.now);
  CHECK(d.b.allowed(d.now, 64) == 0);
  d.now += 1s;
  d.b.end(d.now, call_result::success, 1s);
  CHECK(d.b.allowed(d.now, 64) == 0);
  d.b.end(d.now, call_result::success, 1s);
  CHECK(d.state() == closed);
}

TEST_CASE("one failed probe opens it again for the whole time") {
  driven d;
  d.open_then_wait();
  d.succeed();
  d.fail();
  CHECK(d.state() == open);
  CHECK(d.b.reopens_at() == d.now + 30s);
  CHECK(d.b.times_opened() == 2);
}

TEST_CASE("a probe that says nothing is given back") {
  driven d;
  d.open_then_wait();
  d.b.begin(d.now);
  d.b.begin(d.now);
  d.b.end(d.now, call_result::ignored, {});
  CHECK(d.b.allowed(d.now, 64) == 1);
  d.now += 1s;
  d.b.end(d.now, call_result::ignored, 1s);
  CHECK(d.b.allowed(d.now, 64) == 2);
}

TEST_CASE("closing clears the window") {
  driven d;
  d.fail(4);
  d.now += 30s;
  d.succeed(2);
  CHECK(d.state() == closed);
  CHECK(d.b.failure_rate(d.now) == 0);
  d.fail(3);
  CHECK(d.state() == closed);
}

TEST_CASE("calls from before it opened say nothing to the probes") {
  driven d;
  d.b.begin(d.now); // still on the wire when it opens
  d.b.begin(d.now);
  d.now += 1s;
  d.open_then_wait();
  REQUIRE(d.state() == half_open);
  d.b.begin(d.now);
  auto took = d.now - start;
  d.b.end(d.now, call_result::failure, took);
  d.b.end(d.now, call_result::ignored, took);
  CHECK(d.state() == half_open);
  CHECK(d.b.allowed(d.now, 64) == 1);
}

TEST_CASE("tripping an open breaker keeps it open for longer and is one opening") {
  driven d;
  d.b.trip(d.now);
  d.now += 20s;
  d.b.trip(d.now);
  CHECK(d.b.reopens_at() == d.now + 30s);
  CHECK(d.b.times_opened() == 1);
}

TEST_CASE("a person's order to open stands until it is taken back") {
  driven d;
  d.b.order(breaker_order::open, d.now);
  d.now += 1'000h;
  CHECK(d.state() == open);
  CHECK(d.b.allowed(d.now, 64) == 0);
  CHECK(d.b.ordered() == breaker_order::open);
  CHECK(d.b.times_opened() == 0);
}

TEST_CASE("a person's order to close stands above failures and trips") {
  driven d;
  d.b.order(breaker_order::closed, d.now);
  d.fail(50);
  d.b.trip(d.now);
  CHECK(d.state() == closed);
  CHECK(d.b.allowed(d.now, 64) == 64);
  CHECK(d.b.failure_rate(d.now) == 1);
}

TEST_CASE("automatic again forgets the past and starts closed") {
  driven d;
  d.b.order(breaker_order::closed, d.now);
  d.fail(50);
  d.b.order(breaker_order::automatic, d.now);
  CHECK(d.state() == closed);
  CHECK(d.b.failure_rate(d.now) == 0);
  d.fail(3);
  CHECK(d.state() == closed);
  d.fail();
  CHECK(d.state() == open);
}
