// A thread that reads a file with a connection of its own, apart from the
// writer: WAL lets it see the last commit without holding anything up.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "runtime/store/jobs.hpp"
#include "runtime/store/sqlite/store_file.hpp"

namespace carillon {

/// The thread and its queue; `reader` adds what the reads need beside a connection.
class reader_thread {
public:
  /// Reads waiting; past it errc::overloaded.
  static constexpr std::size_t queue_calls = 10'000;

  reader_thread(std::string name, std::string path, turn whose);
  reader_thread(const reader_thread&) = delete;
  virtual ~reader_thread();

protected:
  /// Starts the thread, once the derived part is complete.
  void start();
  /// Ends it; derived destructors call it first. What waits gets shutting_down.
  void stop();
  void push(job_ptr what) { queue_.push(std::move(what)); }
  /// Opens the connection if it is closed. Throws sqlite_error.
  virtual void open() = 0;
  virtual void close() = 0;

private:
  void loop();
  void run(job& one);

  std::string name_;
  std::string path_;
  turn whose_;
  job_queue queue_;
  std::thread thread_;
};

/// `Side` is made from an open connection and handed to every read.
template <class Side>
class reader final : public reader_thread {
public:
  reader(std::string name, store_file file)
      : reader_thread(std::move(name), file.path.string(), file.whose), file_(std::move(file)) {
    start();
  }
  ~reader() override { stop(); }

  /// Runs `work(side)` on the reader's thread; `work` answers result<T>. Any thread.
  template <class T, class Work>
  void submit(done<T> then, Work work) {
    push(make_job<T>(std::move(then), [this, work = std::move(work)]() -> result<T> { return work(*side_); }));
  }

private:
  void open() override {
    if (side_)
      return;
    db_ = open_for_reading(file_);
    side_ = std::make_unique<Side>(*db_);
  }
  void close() override {
    side_.reset();
    db_.reset();
  }

  store_file file_;
  std::unique_ptr<connection> db_;
  std::unique_ptr<Side> side_;
};

} // namespace carillon
