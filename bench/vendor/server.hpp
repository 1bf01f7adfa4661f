// The mock webhook vendor: one thread, epoll, HTTP/1.1 with keep-alive.
//
//   POST /script?delay_ms=20&fail_rate=0.1   behave so from now on
//   POST /reset                              forget everything counted
//   GET  /stats                              counts as JSON
//   GET  /ids, GET /repeats                  one line a delivery, or a repeated call
//   POST anything else                       a webhook; its webhook-id is counted
#pragma once

#include <queue>
#include <random>
#include <string>
#include <vector>

#include "bench/common/http.hpp"
#include "bench/common/net.hpp"
#include "bench/vendor/ledger.hpp"
#include "bench/vendor/script.hpp"

namespace vendor {

class server {
public:
  server(std::uint16_t port, script first);
  std::uint16_t port() const { return bench::port_of(listener_); }
  [[noreturn]] void run();

private:
  struct connection {
    bench::handle socket;
    std::uint32_t incarnation = 0; ///< tells a delayed answer that its connection is gone
    std::string in, out;
    bool waiting = false; ///< for a delayed answer; what follows on the wire waits too
    bool blocked = false; ///< the socket's send buffer is full
  };
  struct delayed {
    nanoseconds due;
    std::size_t slot;
    std::uint32_t incarnation;
    int status;
    bool operator>(const delayed& other) const { return due > other.due; }
  };

  void accept_all();
  void on_ready(std::size_t slot, std::uint32_t events);
  bool receive(connection& one);
  void serve(std::size_t slot);
  void take(std::size_t slot, const bench::frame& request);
  void keep_waiting(connection& one);
  void take_webhook(std::size_t slot, const bench::frame& request);
  std::string control(std::string_view method, std::string_view target);
  void send_due();
  void answer(connection& one, int status, std::string_view body = "");
  void flush(std::size_t slot);
  void close(std::size_t slot);
  bool happens(double rate) { return rate > 0 && std::uniform_real_distribution{}(random_) < rate; }

  script script_;
  ledger ledger_;
  bench::handle listener_;
  bench::poller poller_;
  std::vector<connection> connections_;
  std::vector<std::size_t> free_;
  std::size_t waiting_ = 0; ///< connections whose call is unanswered
  std::priority_queue<delayed, std::vector<delayed>, std::greater<>> delayed_;
  std::mt19937_64 random_{1};
};

} // namespace vendor
