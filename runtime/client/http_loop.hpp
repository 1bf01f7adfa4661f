// The thread that carries every HTTP call of a lane: one epoll set, a pool for
// trusted calls and one for guarded calls, an eventfd for what others submit.
#pragma once

#include <array>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/client/transfer_pool.hpp"
#include "runtime/unique_fd.hpp"

namespace carillon {

class http_loop {
public:
  /// Starts the thread. Throws std::system_error where the system has no descriptors left.
  explicit http_loop(const client_settings& settings);
  /// Ends the calls in flight, answers each, joins the thread.
  ~http_loop();
  http_loop(const http_loop&) = delete;
  http_loop& operator=(const http_loop&) = delete;

  /// Any thread. `then` runs once, on the loop's thread.
  void submit(wire_request request, answer_function then);

private:
  using submission = std::pair<wire_request, answer_function>;

  void run();
  bool take_submissions(); ///< false: it is time to stop
  void wait_and_serve();
  void serve(std::uint64_t mark, std::uint32_t events);
  int milliseconds_to_wait() const;
  void wake() const;

  const client_settings& settings_;
  unique_fd epoll_, wake_;
  std::array<transfer_pool, 2> pools_; // trusted, guarded

  std::mutex mutex_;
  std::vector<submission> submitted_; // guarded by mutex_
  bool stopping_ = false;             // guarded by mutex_

  std::vector<submission> taken_; // loop's thread
  std::thread thread_;            // last: it uses all of the above
};

} // namespace carillon
