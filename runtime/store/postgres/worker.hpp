// Threads with a session each: one that writes in group commit, and one that reads.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/store/jobs.hpp"
#include "runtime/store/postgres/session.hpp"
#include "runtime/store/stores.hpp"
#include "runtime/thread.hpp"

namespace carillon {

/// What both have: a queue, a thread, and a session that is opened again once it was lost.
class postgres_worker {
public:
  postgres_worker(const postgres_worker&) = delete;
  virtual ~postgres_worker();

  /// Why the database cannot be used now. Any thread.
  std::optional<fault> trouble() const;
  const database& where() const { return where_; }
  /// The session; valid within a job. On the worker's thread.
  session& now() { return *session_; }

protected:
  postgres_worker(database where, std::string thread_name, turn whose, std::size_t queue_calls);
  void start();
  /// Ends the thread; derived destructors call it first. What waits gets shutting_down.
  void stop();
  void push(job_ptr what) { queue_.push(std::move(what)); }
  virtual std::size_t batch_calls() const = 0;
  virtual void serve(std::vector<job_ptr> batch) = 0;
  /// Nothing came for a while.
  virtual void idle() {}
  /// Opens the session if it was lost. Throws.
  void connect();
  /// Closes what is of no more use, and remembers why.
  fault note(const std::exception& what);
  bool note_success();

private:
  void loop();

  database where_;
  std::string thread_name_;
  turn whose_;
  std::unique_ptr<session> session_;
  mutable std::mutex trouble_mutex_;
  std::optional<fault> trouble_;
  job_queue queue_;
  std::thread thread_;
};

/// Whatever is queued when the thread is free goes in one transaction. A batch that meets a fault of one
/// call is rolled back and goes again call by call, so that only that one is refused.
class postgres_writer final : public postgres_worker {
public:
  static constexpr std::size_t calls_of_batch = 1'024;
  static constexpr std::size_t queue_calls = 100'000;
  /// Runs the calls of a transaction; default: one after the other.
  using runner = std::function<void(const std::vector<job_ptr>&)>;
  using chore = std::function<void()>;

  /// Connects before it returns; throws where that fails. `watch` must outlive it.
  postgres_writer(database where, turn whose, store_observer& watch, runner run = {}, chore upkeep = {});
  ~postgres_writer() override { stop(); }

  /// Runs `work()` inside a transaction of `now()`; may run it again after a rollback. Any thread.
  template <class T, class Work>
  void submit(done<T> then, Work work) {
    push(make_job<T>(std::move(then), std::move(work)));
  }
  void submit(job_ptr what) { push(std::move(what)); }

private:
  std::size_t batch_calls() const override { return calls_of_batch; }
  void serve(std::vector<job_ptr> batch) override;
  void idle() override;
  void commit(const std::vector<job_ptr>& batch);
  void one_by_one(std::vector<job_ptr> batch);
  void refuse(const std::vector<job_ptr>& batch, const std::exception& why);
  void recovered();

  store_observer& watch_;
  runner run_;
  chore upkeep_;
};

/// Reads, one at a time, each in a snapshot of its own.
class postgres_reader final : public postgres_worker {
public:
  static constexpr std::size_t queue_calls = 10'000;

  postgres_reader(database where, std::string thread_name, turn whose);
  ~postgres_reader() override { stop(); }

  /// Runs `work(session)`, which answers result<T>. Any thread.
  template <class T, class Work>
  void submit(done<T> then, Work work) {
    push(make_job<T>(std::move(then), [this, work = std::move(work)]() -> result<T> { return work(now()); }));
  }

private:
  std::size_t batch_calls() const override { return 1; }
  void serve(std::vector<job_ptr> batch) override;
};

} // namespace carillon
