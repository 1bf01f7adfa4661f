// A server on a loopback port for tests: every connection runs a script, on a
// thread of its own, with blocking reads and writes.
#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <cstring>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include "runtime/unique_fd.hpp"

namespace carillon::test {

/// One accepted connection. Reads answer nullopt once the peer, or the end of the
/// test, closed it.
class connection {
public:
  explicit connection(int fd) : fd_(fd) {}

  std::optional<std::string> read_until(const std::string& mark) {
    while (buffer_.find(mark) == std::string::npos)
      if (!fill())
        return std::nullopt;
    return take(buffer_.find(mark) + mark.size());
  }
  std::optional<std::string> read_bytes(std::size_t count) {
    while (buffer_.size() < count)
      if (!fill())
        return std::nullopt;
    return take(count);
  }
  /// A line without its CRLF.
  std::optional<std::string> read_line() {
    auto line = read_until("\r\n");
    if (line)
      line->resize(line->size() - 2);
    return line;
  }
  /// False once the peer is gone.
  bool write(std::string_view text) {
    while (!text.empty()) {
      auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Reads until the peer hangs up.
  void wait_for_end() {
    while (fill())
      buffer_.clear();
  }
  /// Makes the close that follows a reset.
  void reset() {
    linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

private:
  bool fill() {
    char chunk[16'384];
    auto got = ::recv(fd_, chunk, sizeof chunk, 0);
    if (got > 0)
      buffer_.append(chunk, static_cast<std::size_t>(got));
    return got > 0;
  }
  std::string take(std::size_t count) {
    auto head = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return head;
  }
  int fd_;
  std::string buffer_;
};

class tcp_server {
public:
  using script = std::function<void(connection&)>;

  explicit tcp_server(script run) : run_(std::move(run)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 512) != 0
        || ::getsockname(listener_.get(), generic, &size) != 0)
      throw std::runtime_error{"no loopback port for the test"};
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
  }
  ~tcp_server() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    {
      std::scoped_lock guard{mutex_};
      for (auto fd : open_)
        ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& one : threads_)
      one.join();
  }

  int port() const { return port_; }
  std::string url(const std::string& scheme, const std::string& path = "") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::size_t connections() const { return accepted_; }

private:
  void accept_all() {
    while (true) {
      auto fd = ::accept(listener_.get(), nullptr, nullptr);
      if (fd < 0)
        return;
      ++accepted_;
      {
        std::scoped_lock guard{mutex_};
        open_.push_back(fd);
      }
      threads_.emplace_back([this, fd] {
        unique_fd owned{fd};
        connection peer{fd};
        run_(peer);
        std::scoped_lock guard{mutex_};
        std::erase(open_, fd);
        unique_fd{std::move(owned)}; // closed before its number can be listed again
      });
    }
  }

  script run_;
  unique_fd listener_;
  int port_ = 0;
  std::atomic<std::size_t> accepted_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A loopback port where nobody listens.
inline int closed_port() {
  return tcp_server{[](connection&) {}}.port();
}

} // namespace carillon::test
