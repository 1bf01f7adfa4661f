// The calls of one libcurl multi handle: its connections, its transfers, its
// timer, driven by an epoll set that it shares with others. Guarded calls have a
// pool of their own, so that no connection to a trusted private address is ever
// used for them. Loop's thread only.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "runtime/client/http_transfer.hpp"
#include "runtime/client/socket_watch.hpp"

namespace carillon {

class transfer_pool {
public:
  using steady = std::chrono::steady_clock;

  /// `epoll` gets the pool's sockets, with `tag` in the upper half of their data
  /// and the descriptor in the lower. `guard` null: trusted calls.
  transfer_pool(const client_settings& settings, const egress_policy* guard, int epoll, std::uint32_t tag);
  transfer_pool(const transfer_pool&) = delete;
  transfer_pool& operator=(const transfer_pool&) = delete;

  /// Begins a call; what cannot begin is answered at once.
  void start(wire_request request, answer_function then);
  /// epoll reported those events.
  void on_socket(int fd, std::uint32_t events);
  /// Does what is due, if anything is.
  void on_time(steady::time_point now);
  /// When `on_time` must be called next.
  std::optional<steady::time_point> deadline() const { return deadline_; }
  /// Ends every call: nothing of it is known from here on.
  void abandon();

private:
  static int on_interest(CURL*, curl_socket_t fd, int what, void* self, void* known);
  static int on_timer(CURLM*, long wait_ms, void* self);

  std::unique_ptr<http_transfer> take_transfer();
  void end(CURL* handle, CURLcode code);
  void collect();

  const client_settings& settings_;
  const egress_policy* guard_;
  std::optional<steady::time_point> deadline_;
  socket_watch sockets_; // before the multi handle, whose connections close into it
  multi_handle multi_;   // before the transfers, so that it goes after them
  std::vector<std::unique_ptr<http_transfer>> idle_;
  std::unordered_map<CURL*, std::unique_ptr<http_transfer>> active_;
};

} // namespace carillon
