// The way into a pool from other threads. It outlives the pool: what arrives
// after the pool has gone is dropped.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <thread>
#include <utility>

namespace carillon::http {

class inlet {
public:
  explicit inlet(boost::asio::io_context& context) : context_(&context) {}

  /// Queues `work` for the pool's thread. False where the pool has gone.
  template <class Work>
  bool post(Work work) {
    std::scoped_lock guard{mutex_};
    if (!context_)
      return false;
    boost::asio::post(*context_, std::move(work));
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
  /// The pool goes.
  void close() {
    std::scoped_lock guard{mutex_};
    context_ = nullptr;
  }

private:
  static const inlet*& current() {
    static thread_local const inlet* pool = nullptr;
    return pool;
  }
  std::mutex mutex_;
  boost::asio::io_context* context_;
};

} // namespace carillon::http
