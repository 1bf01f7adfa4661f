// Lanes are isolated by their threads. A message that crosses from one lane's
// actor system into the other's must never bring the work along: the receiver
// runs on its own system's thread, whoever sent.
#include <caf/all.hpp>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <mutex>
#include <set>

#include "actors/messaging.hpp"
#include "runtime/engine/thread_naming.hpp"

using namespace carillon;

namespace {

constexpr int senders = 4;
constexpr int messages_each = 2'000;

struct one_thread : caf::actor_system_config {
  explicit one_thread(const std::string& name) {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 1);
    add_thread_hook<thread_naming>(name, turn::shared);
  }
};

std::string this_thread_name() {
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof name);
  return name;
}

/// Collects the names of the threads that ran the receiver, until all is received.
struct witness {
  std::mutex mutex;
  std::set<std::string> names;
  int missing = senders * messages_each;
  std::promise<void> all;

  void saw_a_message() {
    std::scoped_lock guard{mutex};
    names.insert(this_thread_name());
    if (--missing == 0)
      all.set_value();
  }
};

caf::behavior receiver(caf::event_based_actor*, witness* what) {
  return {[what](int) { what->saw_a_message(); }};
}

/// Crosses, and sends itself on in between, so that its thread has more to do.
caf::behavior sender(caf::event_based_actor* self, caf::actor to) {
  return {[self, to](int left) {
    cross(to, left);
    if (left > 1)
      self->send(self, left - 1);
  }};
}

caf::behavior urgent_sender(caf::event_based_actor*, caf::actor to) {
  return {[to](int count) {
    for (int i = 0; i < count; ++i)
      pass(to, i % 2 == 0, i);
  }};
}

} // namespace

TEST_CASE("an actor that is reached by crossing only ever runs on the threads of its own lane") {
  one_thread a_config{"lane-a"}, b_config{"lane-b"};
  caf::actor_system a{a_config}, b{b_config};
  witness seen;
  auto done = seen.all.get_future();
  auto target = b.spawn(receiver, &seen);
  for (int i = 0; i < senders; ++i)
    caf::anon_send(a.spawn(sender, target), messages_each);
  REQUIRE(done.wait_for(std::chrono::seconds{60}) == std::future_status::ready);
  std::scoped_lock guard{seen.mutex};
  CHECK(seen.names == std::set<std::string>{"lane-b"});
}

TEST_CASE("urgent work that is passed on stays on its lane's threads as well") {
  one_thread a_config{"lane-a"}, b_config{"lane-b"};
  caf::actor_system a{a_config}, b{b_config};
  witness seen;
  auto done = seen.all.get_future();
  auto target = b.spawn(receiver, &seen);
  for (int i = 0; i < senders; ++i)
    caf::anon_send(a.spawn(urgent_sender, target), messages_each);
  REQUIRE(done.wait_for(std::chrono::seconds{60}) == std::future_status::ready);
  std::scoped_lock guard{seen.mutex};
  CHECK(seen.names == std::set<std::string>{"lane-b"});
}
