#include "runtime/store/jobs.hpp"

#include <algorithm>
#include <string>

namespace carillon {

void job_queue::push(job_ptr what) {
  std::unique_lock guard{mutex_};
  if (!closed_ && waiting_.size() < capacity_) {
    waiting_.push_back(std::move(what));
    changed_.notify_one();
    return;
  }
  auto refused =
    closed_ ? fault{errc::shutting_down, "The store is being closed; nothing was kept."}
            : fault{errc::overloaded,
                    "The store's queue of " + std::to_string(capacity_) + " calls is full; try again in a moment.",
                    {},
                    std::chrono::seconds{1}};
  guard.unlock();
  what->finish(&refused);
}

std::vector<job_ptr> job_queue::take(std::size_t most, std::optional<std::chrono::steady_clock::time_point> until) {
  std::unique_lock guard{mutex_};
  auto awake = [this] { return !waiting_.empty() || closed_; };
  if (until)
    changed_.wait_until(guard, *until, awake);
  else
    changed_.wait(guard, awake);
  std::vector<job_ptr> taken;
  auto count = std::min(most, waiting_.size());
  taken.reserve(count);
  std::move(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count), std::back_inserter(taken));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  return taken;
}

void job_queue::close() {
  std::scoped_lock guard{mutex_};
  closed_ = true;
  changed_.notify_all();
}

bool job_queue::closed() const {
  std::scoped_lock guard{mutex_};
  return closed_;
}

} // namespace carillon
