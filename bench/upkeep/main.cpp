// How long calls of a lane's store take while nothing but them is to be done, and
// while retention removes everything that lies in it:
//
//   bench_upkeep --folder DIR [--count 300000] [--seconds 20] [--callers 16]
//
// Fills the store with finished notifications and their idempotency keys, then
// accepts new ones from a closed loop in three equal parts: quiet, with the clock
// a month later, quiet again. Prints one JSON object.
#include <condition_variable>
#include <cstdio>
#include <exception>

#include "bench/common/arguments.hpp"
#include "bench/common/histogram.hpp"
#include "bench/fill/filler.hpp"
#include "bench/fill/templates.hpp"
#include "messages/transitions.hpp"
#include "runtime/store/lane/sqlite_lane_store.hpp"
#include "runtime/store/stores.hpp"

namespace {

using namespace carillon;
using std::chrono::steady_clock;

constexpr auto month = std::chrono::days{31};
constexpr auto part_span = std::chrono::hours{2};

/// What one part of the run measured. Written on the writer's thread.
struct part {
  bench::histogram commits; ///< transactions, their sync included
  bench::histogram calls;   ///< from the call to its answer: waiting behind background work too
};

class commit_watch final : public store_observer {
public:
  void committed(std::string_view, std::size_t, duration took) override {
    std::scoped_lock guard{mutex_};
    if (into_ != nullptr)
      into_->commits.add(took);
  }
  void trouble(std::string_view, const fault& why) override { std::fprintf(stderr, "%s\n", why.detail.c_str()); }
  void recovered(std::string_view) override {}
  void write_to(part* into) {
    std::scoped_lock guard{mutex_};
    into_ = into;
  }

private:
  std::mutex mutex_;
  part* into_ = nullptr;
};

/// A delivered notification, as the engine leaves it.
notification_view finished_sample(sys_time at) {
  id_generator ids{lane::bulk, 0, 1};
  auto n = std::make_shared<notification>();
  n->key = ids.reserve(at, 2);
  n->id = ids.make(n->key);
  n->space = {"default", mode::live};
  n->lane = lane::bulk;
  n->user_id = "u_0000001";
  n->type = "bench";
  n->category = "transactional";
  n->created_at = at;
  n->content.body = std::string(400, 'b');
  delivery d;
  d.address = "https://vendor.example/hook";
  d.queue = "vendor";
  for (auto status : {delivery_status::queued, delivery_status::cancelled})
    move_to(d, status, at, {"bench", "As it is."});
  return {n, {d}};
}

/// Accepts copies, so many at once, until the time is over.
class closed_loop {
public:
  closed_loop(lane_store& into, fill::copier& copies, fill::past_clock& clock, part& out)
      : into_(into), copies_(copies), clock_(clock), out_(out) {}
  void run(std::size_t callers, std::chrono::duration<double> length) {
    const auto end = steady_clock::now() + length;
    std::unique_lock guard{mutex_};
    while (steady_clock::now() < end) {
      changed_.wait(guard, [&] { return inside_ < callers; });
      ++inside_;
      guard.unlock();
      call();
      guard.lock();
    }
    changed_.wait(guard, [this] { return inside_ == 0; });
  }

private:
  void call() {
    const auto began = steady_clock::now();
    auto copy = copies_.make(0);
    auto fresh = std::make_shared<notification>(*copy.n);
    fresh->created_at = clock_.now();
    copy.n = std::move(fresh);
    into_.accept(std::move(copy), [this, began](const result<receipt>& kept) {
      std::scoped_lock guard{mutex_};
      if (!kept)
        std::fprintf(stderr, "%s\n", kept.error().detail.c_str());
      out_.calls.add(steady_clock::now() - began);
      --inside_;
      changed_.notify_one();
    });
  }

  lane_store& into_;
  fill::copier& copies_;
  fill::past_clock& clock_;
  part& out_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0;
};

void catch_up(lane_store& store) {
  auto& file = static_cast<sqlite_lane_store&>(store); // the type is the one open_stores makes
  fill::wait_for<ok_t>([&](auto then) { file.catch_up(std::move(then)); });
}

std::string to_json(const part& p) {
  return "{\"commits\": " + p.commits.to_json() + ", \"calls\": " + p.calls.to_json() + "}";
}

void measure(const bench::arguments& given) {
  options config;
  config.store.folder = given.text("folder");
  fill::past_clock clock;
  commit_watch watch;
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  clock.set(now);
  auto open = fill::value_of(open_stores(config, clock, watch));
  auto& store = *open.bulk;

  fill::plan old{.count = static_cast<std::uint64_t>(given.number("count", 300'000)), .first = now, .last = now};
  fill::copier copies{{finished_sample(now)}, old, store.newest_key()};
  fill::write_copies(store, copies, old, clock);
  catch_up(store);

  std::array<part, 3> parts;
  const std::chrono::duration<double> length{given.number("seconds", 20)};
  const auto callers = static_cast<std::size_t>(given.number("callers", 16));
  for (auto* one = parts.data(); one != parts.data() + parts.size(); ++one) {
    if (one == &parts[1]) {
      clock.set(now + month);
      static_cast<sqlite_lane_store&>(store).catch_up([](status_result) {}); // begins a pass at once
    } else {
      catch_up(store);
    }
    // Keys made before are those of the parts before: the next part's lie after them.
    fill::plan fresh{.count = 1, .first = clock.now() + part_span * (one - parts.data() + 1)};
    fresh.last = fresh.first;
    fresh.seed = 2 + static_cast<std::uint64_t>(one - parts.data());
    fill::copier newer{{finished_sample(fresh.first)}, fresh, 0};
    watch.write_to(one);
    closed_loop{store, newer, clock, *one}.run(callers, length);
    watch.write_to(nullptr);
  }
  std::printf("{\"quiet\": %s, \"upkeep\": %s, \"quiet_again\": %s}\n", to_json(parts[0]).c_str(),
              to_json(parts[1]).c_str(), to_json(parts[2]).c_str());
}

} // namespace

int main(int argc, char** argv) {
  try {
    measure({argc, argv, "folder count seconds callers"});
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_upkeep: %s\n", problem.what());
    return 2;
  }
}
