// A pool: one thread with its own event loop, the connections it serves and, for
// a lane, that lane's door. Everything in it is touched by its thread only;
// others come in through `way_in()`.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>

#include "config/options.hpp"
#include "runtime/http/door.hpp"
#include "runtime/http/inlet.hpp"
#include "runtime/thread.hpp"

namespace carillon::http {

/// What a pool keeps alive and looks at once a tick.
class pool_member {
public:
  virtual ~pool_member() = default;
  /// Closes itself where its time is over by then.
  virtual void look(std::chrono::steady_clock::time_point then) = 0;
  /// The server drains: closes itself unless it is in the middle of a request.
  virtual void drain() = 0;
};

class pool {
public:
  /// `name` becomes the thread's (15 bytes); `tick` is how often deadlines are looked at.
  pool(std::string name, turn whose, lane_options door_bounds, std::chrono::milliseconds tick);
  ~pool();
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  void start();
  /// Ends the thread and closes every connection; idempotent.
  void stop();

  boost::asio::io_context& context() { return context_; }
  const std::shared_ptr<inlet>& way_in() const { return way_in_; }

  // On the pool's thread:
  void add(std::shared_ptr<pool_member> who);
  /// Hands back what keeps it alive.
  std::shared_ptr<pool_member> remove(const pool_member* who);
  void drain_members();
  door& lane_door() { return door_; }
  /// A random UUIDv7 for X-Request-Id.
  std::string request_id(sys_time now);

private:
  void run();
  struct round;
  void arm();
  void look_on(std::shared_ptr<round> at);

  std::string name_;
  turn whose_;
  std::chrono::milliseconds tick_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer ticker_;
  std::shared_ptr<inlet> way_in_;
  door door_;
  std::unordered_map<const pool_member*, std::shared_ptr<pool_member>> members_;
  std::mt19937_64 random_;
  std::thread thread_;
};

} // namespace carillon::http
