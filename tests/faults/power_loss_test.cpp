// The store on a disk whose syncs fail now and then and that loses power at a
// random write: what was answered as durable is there afterwards, whole; the files
// are sound; nothing is half there.
#include <catch2/catch_test_macros.hpp>

#include "faulty_store.hpp"
#include "tests/helpers/seed.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

/// One life of the store: random calls until the power goes, then a look at what is left.
class life {
public:
  explicit life(std::uint64_t seed) : random_(seed) {}

  void run() {
    for (int crash = 0; crash < 2; ++crash) {
      store_.disk().lose_power_after(random_() % 600);
      work();
      store_.crash(random_);
      look();
    }
  }

private:
  struct kept {
    acceptance what;
    bool durable = false;                       ///< its accept was answered
    std::optional<delivery_status> last_status; ///< as last answered
    std::vector<delivery_status> tried;         ///< asked for, without an answer
  };

  /// Calls until the power is gone; some wait for their answer, some do not.
  void work() {
    auto& disk = store_.disk();
    for (int n = 0; n < 5'000 && disk.has_power(); ++n) {
      disk.set({.file = "bulk.db", .sync_errors = random_() % 12 == 0});
      auto choice = random_() % 10;
      if (choice < 5 || all_.empty())
        accept_some(1 + random_() % 20);
      else if (choice < 9)
        finish_one(*all_[random_() % all_.size()]);
      else
        store_.clock().advance(std::chrono::minutes{random_() % 20});
    }
    disk.lose_power();
  }

  void accept_some(std::size_t count) {
    std::vector<std::future<bool>> answers;
    std::vector<kept*> asked;
    for (std::size_t i = 0; i < count; ++i) {
      auto what = make_.make("u_" + std::to_string(random_() % 50), 1 + static_cast<std::uint32_t>(random_() % 3));
      if (random_() % 2 == 0)
        what.claim = claim("k" + std::to_string(all_.size()));
      asked.push_back(all_.emplace_back(std::make_unique<kept>(kept{what, false, {}, {}})).get());
      auto answer = std::make_shared<std::promise<bool>>();
      answers.push_back(answer->get_future());
      store_.bulk().accept(what, [answer](result<receipt> r) { answer->set_value(static_cast<bool>(r)); });
    }
    for (std::size_t i = 0; i < count; ++i)
      if (asked[i]->durable = answers[i].get(); asked[i]->durable)
        asked[i]->last_status = delivery_status::queued;
  }

  void finish_one(kept& one) {
    if (!one.durable || one.last_status != delivery_status::queued)
      return;
    auto d = one.what.deliveries[0];
    one.tried.push_back(delivery_status::sending);
    auto begun = await<std::vector<row_key>>([&](auto then) {
      store_.bulk().start({{d.key, attempt_at(store_.clock().now())}}, then);
    });
    if (!begun)
      return;
    one.last_status = delivery_status::sending;
    d.status = delivery_status::sending;
    d.attempts.push_back(attempt_at(store_.clock().now()));
    move_to(d, delivery_status::sent, store_.clock().now(), {"outcome", "It took it."});
    one.tried.push_back(delivery_status::sent);
    if (await<update_result>([&](auto then) { store_.bulk().update({d, delivery_status::sending, 1}, then); }))
      one.last_status = delivery_status::sent;
  }

  void look() {
    CHECK(*check_stores(store_.config()) == std::vector<std::string>{});
    for (auto& one : all_)
      look_at(*one);
  }

  void look_at(kept& one) {
    auto there = await<notification_view>([&](auto then) { store_.bulk().find(live, one.what.n->id, then); });
    INFO("key " << one.what.n->key << ", answered " << one.durable);
    CHECK((there || !one.durable));
    if (!there)
      return;
    REQUIRE(there->deliveries.size() == one.what.deliveries.size());
    auto status = there->deliveries[0].status;
    auto wanted = one.last_status.value_or(delivery_status::queued);
    CHECK((status == wanted || std::find(one.tried.begin(), one.tried.end(), status) != one.tried.end()));
    CHECK(rank(status) >= rank(wanted));
    one.durable = true; // what a reader has seen stays
    one.last_status = status;
    if (one.what.claim)
      CHECK(must<receipt>([&](auto then) { store_.bulk().accept(one.what, then); }).replayed);
  }

  static int rank(delivery_status s) {
    return s == delivery_status::queued ? 0 : s == delivery_status::sending ? 1 : 2;
  }

  std::mt19937_64 random_;
  faulty_store store_;
  sample_maker make_{store_.clock(), lane::bulk, 0};
  std::vector<std::unique_ptr<kept>> all_;
};

} // namespace

// More of them: CARILLON_ROUNDS=1000.
TEST_CASE("what was answered as durable survives a power loss, and nothing is half there") {
  seeded_random random;
  auto* rounds = std::getenv("CARILLON_ROUNDS");
  INFO(random.seed_text());
  for (int n = 0, all = rounds != nullptr ? std::atoi(rounds) : 60; n < all; ++n) {
    INFO("life " << n);
    life{random.engine()()}.run();
  }
}
