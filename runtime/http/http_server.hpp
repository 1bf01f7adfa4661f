// carillon's HTTP door: a public listener and an admin one. A lane has its own
// thread from the socket on: connections are accepted and their first head read
// on the critical pool; a bulk request's connection is moved to the bulk pool
// before its body is read.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "runtime/http/engine_port.hpp"

namespace carillon {

namespace http {
struct request;
}

class http_server {
public:
  /// `engine` outlives the server; `config` too.
  http_server(engine_port& engine, const options& config);
  /// Stops.
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Loads the keys, opens both listeners and serves. internal_error names the
  /// setting and address that cannot be used and the system's reason. Blocks until
  /// the keys were read from the control store. Once.
  status_result start();

  /// Ports in use: those asked for, or what the system chose for port 0.
  std::uint16_t port() const;
  std::uint16_t admin_port() const;

  /// No new connections; those at rest are closed; each answer from now on ends
  /// its connection. Admin stays up. Any thread.
  void stop_accepting();
  /// Waits until every request that was begun is answered; false past the deadline.
  bool drain(std::chrono::steady_clock::time_point deadline);
  /// Closes everything and ends the threads. Idempotent; not from a pool's thread.
  void stop();

  /// For tests: called on the pool's thread that has a request's whole body. Before start().
  void on_body(std::function<void(const http::request&)> hook);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace carillon
