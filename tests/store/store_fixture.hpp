// What the contract suites need of a store: a fresh one, its clock, and a way to
// close and open it again. Each implementation brings one fixture.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "messages/ports.hpp"

namespace carillon::test {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;

/// A wall clock that stands until it is moved.
class manual_clock final : public wall_clock {
public:
  sys_time now() const override { return sys_time{duration{micros_}}; }
  void advance(duration by) { micros_ += by.count(); }

private:
  std::atomic<std::int64_t> micros_ = 1'760'000'000'000'000; // 2025-10-09T08:53:20Z
};

/// Waits for a call's answer, at most 20 s.
template <class T, class Call>
result<T> await(Call call) {
  std::promise<result<T>> promise;
  auto answer = promise.get_future();
  call([&promise](result<T> r) { promise.set_value(std::move(r)); });
  if (answer.wait_for(20s) != std::future_status::ready)
    throw std::runtime_error{"The store did not answer within 20 s."};
  return answer.get();
}

/// The same, for a call that must succeed.
template <class T, class Call>
T must(Call call) {
  auto answer = await<T>(std::move(call));
  if (!answer)
    throw std::runtime_error{"The store answered: " + answer.error().detail};
  return std::move(*answer);
}

class store_fixture {
public:
  virtual ~store_fixture() = default;
  virtual lane_store& of(lane l) = 0;
  virtual control_store& control() = 0;
  virtual inbox_store& inbox() = 0;
  virtual manual_clock& clock() = 0;
  /// Closes the store and opens it again on the same data.
  virtual void reopen() = 0;
  /// Returns once background work of that lane has nothing left to do.
  virtual void settle(lane l) = 0;
  /// How long finished notifications are kept, and idempotency keys at least.
  virtual duration retention() const = 0;
  virtual duration idempotency_ttl() const = 0;

  lane_store& bulk() { return of(lane::bulk); }
  lane_store& critical() { return of(lane::critical); }
};

using fixture_ptr = std::unique_ptr<store_fixture>;

/// One case of a suite: a behaviour and how it is shown.
struct suite_case {
  const char* behaviour;
  void (*run)(store_fixture&);
};

} // namespace carillon::test
