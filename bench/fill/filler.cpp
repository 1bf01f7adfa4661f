#include "bench/fill/filler.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>

namespace fill {
namespace {

using namespace carillon;

/// Calls at once: enough for full transactions, few enough that the store's clock
/// is right for each of them.
constexpr std::size_t most_waiting = 2'048;

template <class T>
void shift(std::optional<T>& instant, duration by) {
  if (instant)
    *instant += by;
}

void shift(delivery& d, duration by) {
  for (auto& a : d.attempts) {
    a.started_at += by;
    shift(a.finished_at, by);
  }
  for (auto& change : d.history)
    change.at += by;
}

/// Counts calls on their way and keeps the first problem.
class waiting_room {
public:
  void enter() {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return inside_ < most_waiting; });
    ++inside_;
  }
  void leave(const std::string& problem) {
    std::scoped_lock guard{mutex_};
    if (problem_.empty())
      problem_ = problem;
    --inside_;
    changed_.notify_all();
  }
  /// Until nobody is inside; throws what went wrong.
  void wait_empty() {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return inside_ == 0; });
    if (!problem_.empty())
      throw std::runtime_error(problem_);
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0;
  std::string problem_;
};

/// Why a copy was not kept; empty where it was.
std::string problem_of(const result<receipt>& kept) {
  if (!kept)
    return kept.error().detail;
  return kept->replayed ? "A copy's idempotency key is in the store already; choose another --seed." : "";
}

} // namespace

copier::copier(std::vector<notification_view> templates, const plan& what, row_key after)
    : templates_(std::move(templates)),
      what_(what),
      // Two fills of one store must not use the same idempotency keys.
      random_(what.seed ^ static_cast<std::uint64_t>(templates_.front().n->key)),
      ids_(templates_.front().n->lane, after, random_()) {}

sys_time copier::instant_of(std::uint64_t number) const {
  const auto share = static_cast<double>(number) / static_cast<double>(std::max<std::uint64_t>(what_.count, 1));
  const auto whole = static_cast<double>((what_.last - what_.first).count());
  return what_.first + duration{static_cast<duration::rep>(share * whole)};
}

acceptance copier::make(std::uint64_t number) {
  const auto& like = templates_[number % templates_.size()];
  const auto at = instant_of(number);
  const auto moved = at - like.n->created_at;
  const auto delay = random_delay();

  auto n = std::make_shared<notification>(*like.n);
  n->key = ids_.reserve(at, 1 + bounds::deliveries);
  n->id = ids_.make(n->key);
  n->user_id = user_like(like.n->user_id);
  n->created_at = at;
  shift(n->send_at, delay);

  acceptance copy{nullptr, like.deliveries, random_claim()};
  for (auto key = n->key; auto& d : copy.deliveries) {
    d.key = ++key;
    d.id = ids_.make(key);
    d.notification_key = n->key;
    d.user_id = n->user_id;
    shift(d, moved);
    shift(d.due, delay);
  }
  copy.n = std::move(n);
  return copy;
}

/// Those who opted out have numbers that end in 0: a copy for one of them stays one.
std::string copier::user_like(const std::string& user) {
  const bool opted_out = user.back() == '0';
  const auto ten = random_() % std::max<std::uint64_t>(what_.users / 10, 1) * 10;
  auto digits = std::to_string(ten + (opted_out ? 0 : 1 + random_() % 9));
  return "u_" + std::string(7 - std::min<std::size_t>(digits.size(), 7), '0') + digits;
}

idempotency_claim copier::random_claim() {
  idempotency_claim claim{std::to_string(random_()), {}};
  for (auto& byte : claim.digest)
    byte = static_cast<std::uint8_t>(random_());
  return claim;
}

duration copier::random_delay() {
  const auto most = std::chrono::duration_cast<duration>(what_.due_spread).count();
  return duration{most > 0 ? static_cast<duration::rep>(random_() % static_cast<std::uint64_t>(most)) : 0};
}

void write_copies(lane_store& into, copier& copies, const plan& what, past_clock& clock) {
  waiting_room room;
  for (std::uint64_t number = 0; number < what.count; ++number) {
    room.enter();
    clock.set(copies.instant_of(number));
    into.accept(copies.make(number), [&room](const result<receipt>& kept) { room.leave(problem_of(kept)); });
  }
  room.wait_empty();
}

} // namespace fill
