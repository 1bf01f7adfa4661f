#include <functional>
#include <mutex>

#include "bench/fill/filler.hpp"
#include "bench/fill/templates.hpp"
#include "bench/parts/closed_loop.hpp"
#include "bench/parts/quiet_store.hpp"

namespace parts {
namespace {

using namespace carillon;

/// How the row stood when the attempt began.
delivery as_started(delivery d) {
  d.status = delivery_status::sending;
  auto& call = d.attempts.back();
  call.finished_at.reset();
  call.outcome.reset();
  call.code.clear();
  call.detail.clear();
  call.provider_message_id.clear();
  d.history.pop_back();
  return d;
}

/// Accept, then outcome, over and over: the two durable writes of the straight way.
class store_part {
public:
  store_part(lane_store& store, fill::copier& copies) : store_(store), copies_(copies) {}

  tally run(const assignment& what) { return loop_.run(what, start_); }

private:
  void begin() {
    auto copy = next();
    if (copy.deliveries.front().attempts.empty()) // opted out: it ends with the accept
      return store_.accept(std::move(copy), [this](const result<receipt>& kept) { ended(kept); });
    auto outcome = copy.deliveries.front();
    copy.deliveries.front() = as_started(outcome);
    store_.accept(std::move(copy), [this, outcome = std::move(outcome)](const result<receipt>& kept) {
      if (!kept)
        return ended(kept);
      const auto attempts = static_cast<int>(outcome.attempts.size());
      store_.update({outcome, delivery_status::sending, attempts},
                    [this](const result<update_result>& written) { ended(written); });
    });
  }
  template <class T>
  void ended(const result<T>& answer) {
    if (!answer)
      throw std::runtime_error(answer.error().detail);
    loop_.ended(start_);
  }
  /// The first pieces of work start on another thread than the rest.
  acceptance next() {
    std::scoped_lock guard{mutex_};
    return copies_.make(number_++);
  }

  lane_store& store_;
  std::mutex mutex_;
  fill::copier& copies_;
  std::uint64_t number_ = 0;
  std::function<void()> start_{[this] { begin(); }};
  closed_loop loop_;
};

} // namespace

tally run_store(const assignment& what) {
  quiet_store open{what.config};
  auto templates = fill::read_templates(open.stores, what.like);
  auto& lane = open.stores.of(templates.front().n->lane);
  fill::plan plan;
  plan.first = plan.last = open.clock.now();
  fill::copier copies{std::move(templates), plan, lane.newest_key()};
  store_part part{lane, copies};
  return part.run(what);
}

} // namespace parts
