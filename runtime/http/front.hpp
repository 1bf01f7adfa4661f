// What all connections of a server share. Set up before the first connection.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "runtime/http/router.hpp"
#include "runtime/http/service.hpp"

namespace carillon::http {

/// Counts requests between their head and the last byte of their answer.
class exchange_count {
public:
  void enter() { ++count_; }
  void leave() {
    if (--count_ == 0) {
      std::scoped_lock guard{mutex_};
      empty_.notify_all();
    }
  }
  /// True where none is left by then.
  bool wait_empty(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock guard{mutex_};
    return empty_.wait_until(guard, deadline, [this] { return count_ == 0; });
  }

private:
  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;
  std::condition_variable empty_;
};

struct front {
  service with;
  const options& config;
  pool& admin;
  std::span<const route> routes;
  std::size_t room = 0;                          ///< so many connections at once: max_connections, where they fit
  bool log_requests = false;                     ///< one line a request, at level debug
  std::function<void(const request&)> on_body{}; ///< for tests: runs on the thread that has the body
  std::atomic<std::size_t> connections = 0;
  std::atomic<bool> draining = false;
  exchange_count exchanges{};
};

} // namespace carillon::http
