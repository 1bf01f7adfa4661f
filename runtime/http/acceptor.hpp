// Accepts connections on one address and gives each to the pool it starts on.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>

#include "runtime/http/connection.hpp"

namespace carillon::http {

class acceptor {
public:
  /// `tls` null: plain. Runs on the pool's thread.
  acceptor(front& shared, pool& at, listener serves, SSL_CTX* tls);

  /// Opens `address` (`host:port`, `[v6]:port`); `setting` is its name in errors. Before the pool starts.
  status_result open(const std::string& address, std::string_view setting);
  void start();
  /// On the pool's thread, or while it does not run.
  void close();
  std::uint16_t port() const { return port_; }

private:
  void next();
  void serve(tcp_socket socket);

  front& shared_;
  pool& at_;
  listener serves_;
  SSL_CTX* tls_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::uint16_t port_ = 0;
};

} // namespace carillon::http
