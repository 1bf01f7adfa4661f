// The one thread that writes a file. Group commit without a timer: whatever is
// queued when the thread is free goes in one transaction, so a lone call pays one
// sync and a flood pays a fraction of one.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/store/jobs.hpp"
#include "runtime/store/sqlite/wal_keeper.hpp"
#include "runtime/store/stores.hpp"

namespace carillon {

/// What a writer needs to know of the file it writes. All on the writer's thread.
class written_file {
public:
  virtual ~written_file() = default;
  /// Opens the connection if it is closed. Throws sqlite_error.
  virtual connection& open() = 0;
  virtual void close() = 0;
  /// A transaction was rolled back: what was remembered from it is void.
  virtual void rolled_back() = 0;
  /// One step of background work, within a step_budget, in a transaction of its
  /// own that is not synced. Answers when it wants the next; nullopt: it has
  /// nothing to do before the next write. Throws sqlite_error.
  virtual std::optional<steady_time> upkeep(wal_keeper& wal) = 0;
};

class writer {
public:
  /// Bounds: calls of one transaction, calls waiting.
  static constexpr std::size_t batch_calls = 512;
  static constexpr std::size_t queue_calls = 100'000;

  /// Opens the file, then starts the thread. `side` and `watch` must outlive it.
  /// Throws sqlite_error.
  writer(store_file file, written_file& side, store_observer& watch, checkpointer& wal);
  writer(const writer&) = delete;
  /// What waits is answered with shutting_down.
  ~writer();

  /// Runs `work()` on the writer's thread inside a transaction; may run it again
  /// after a rollback, so it must not consume what it captured. Any thread.
  template <class T, class Work>
  void submit(done<T> then, Work work) {
    queue_.push(make_job<T>(std::move(then), std::move(work)));
  }
  /// Why the file cannot be written now. Any thread.
  std::optional<fault> trouble() const;
  const store_file& file() const { return file_; }
  void stop();

private:
  void loop();
  void run_batch(std::vector<job_ptr> batch);
  /// Answers the position of a job that failed for its own reason, or nullopt.
  std::optional<std::size_t> try_batch(std::vector<job_ptr>& batch);
  void refuse_all(std::vector<job_ptr>& batch, const sqlite_error& why);
  void report_trouble(const sqlite_error& why);
  void report_success();
  steady_time upkeep();
  void probe();

  store_file file_;
  written_file& side_;
  store_observer& watch_;
  wal_keeper wal_;
  job_queue queue_;
  mutable std::mutex trouble_mutex_;
  std::optional<fault> trouble_;
  steady_time last_upkeep_{};
  steady_time damage_lasts_until_{}; ///< on the writer's thread
  std::thread thread_;
};

} // namespace carillon
