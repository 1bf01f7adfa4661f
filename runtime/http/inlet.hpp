// The way into a pool from other threads. It outlives the pool: what arrives
// after the pool has gone is dropped.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace carillon::http {

class inlet {
public:
  explicit inlet(boost::asio::io_context& context) : context_(&context) {}

  /// Queues `work` for the pool's thread, which is woken once for whatever has
  /// gathered. False where the pool has gone.
  template <class Work>
  bool post(Work work) {
    auto what = std::make_unique<held<Work>>(std::move(work));
    std::scoped_lock guard{mutex_};
    if (!context_)
      return false;
    waiting_.push_back(std::move(what));
    if (waiting_.size() == 1)
      boost::asio::post(*context_, [this] { run(); });
    return true;
  }
  /// Runs `work` at once where this is the pool's thread already.
  template <class Work>
  bool dispatch(Work work) {
    if (!here())
      return post(std::move(work));
    work();
    return true;
  }
  /// True on the pool's thread.
  bool here() const { return current() == this; }

  /// The calling thread is the pool's from now on.
  void enter() { current() = this; }
  /// The pool goes; what still waits is dropped.
  void close() {
    std::vector<std::unique_ptr<task>> dropped;
    std::scoped_lock guard{mutex_};
    context_ = nullptr;
    dropped.swap(waiting_);
  }

private:
  struct task {
    virtual ~task() = default;
    virtual void run() = 0;
  };
  template <class Work>
  struct held final : task {
    explicit held(Work what) : work(std::move(what)) {}
    void run() override { work(); }
    Work work;
  };

  void run() {
    std::vector<std::unique_ptr<task>> gathered;
    {
      std::scoped_lock guard{mutex_};
      gathered.swap(waiting_);
    }
    for (auto& one : gathered)
      std::exchange(one, nullptr)->run();
  }
  static const inlet*& current() {
    static thread_local const inlet* pool = nullptr;
    return pool;
  }
  std::mutex mutex_;
  boost::asio::io_context* context_;
  std::vector<std::unique_ptr<task>> waiting_;
};

} // namespace carillon::http
