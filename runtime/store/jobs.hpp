// Work for a store's thread: a job carries its callback and promises to call it
// exactly once, whatever happens, its own destruction included.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "messages/ports.hpp"

namespace carillon {

class job {
public:
  virtual ~job() = default;
  /// Does the work; may run again after a rollback. Throws sqlite_error.
  virtual void run() = 0;
  /// Calls back with what `run` answered, or with the fault.
  virtual void finish(const fault* failed) = 0;
};
using job_ptr = std::unique_ptr<job>;

/// A job that answers T by calling `work()`, which answers result<T>.
template <class T, class Work>
class typed_job final : public job {
public:
  typed_job(done<T> then, Work work) : then_(std::move(then)), work_(std::move(work)) {}
  typed_job(const typed_job&) = delete;
  ~typed_job() override {
    static const fault ended{errc::shutting_down, "The store was closed before the call was done; nothing was kept."};
    finish(&ended);
  }
  void run() override { answer_.emplace(work_()); }
  void finish(const fault* failed) override {
    if (!then_)
      return;
    auto then = std::exchange(then_, nullptr);
    if (failed != nullptr || !answer_)
      then(failed != nullptr ? *failed : fault{errc::internal_error, "The store gave no answer."});
    else
      then(std::move(*answer_));
  }

private:
  done<T> then_;
  Work work_;
  std::optional<result<T>> answer_;
};

template <class T, class Work>
job_ptr make_job(done<T> then, Work work) {
  return std::make_unique<typed_job<T, Work>>(std::move(then), std::move(work));
}

/// A bounded queue between any threads and one worker.
class job_queue {
public:
  explicit job_queue(std::size_t capacity) : capacity_(capacity) {}

  /// Takes the job, or finishes it with overloaded (full) or shutting_down (closed).
  void push(job_ptr what);
  /// Up to `most` jobs in order; waits until there is one, the queue is closed or
  /// the instant has come (nullopt: without end).
  std::vector<job_ptr> take(std::size_t most, std::optional<std::chrono::steady_clock::time_point> until);
  /// Refuses what comes from now on and wakes the worker.
  void close();
  bool closed() const;

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<job_ptr> waiting_;
  std::size_t capacity_;
  bool closed_ = false;
};

} // namespace carillon
