// The few system calls both bench programs need, each with an owner and an
// error that says what failed.
#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bench {

using nanoseconds = std::chrono::nanoseconds;

/// CLOCK_MONOTONIC: one clock for every process of the machine, so that an
/// instant written into a request can be read in the vendor.
inline nanoseconds now() {
  return std::chrono::duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

[[noreturn]] inline void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Owns a file descriptor.
class handle {
public:
  handle() = default;
  explicit handle(int fd) : fd_(fd) {}
  handle(handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  handle& operator=(handle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~handle() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_ = -1;
};

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void disable_nagle(const handle& socket) {
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// A listening socket on 127.0.0.1; port 0 takes any free one.
inline handle listen_on(std::uint16_t port) {
  handle socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto address = loopback(port);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail("bind to port " + std::to_string(port));
  if (::listen(socket.get(), 4096) != 0)
    fail("listen");
  return socket;
}

inline std::uint16_t port_of(const handle& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("getsockname");
  return ntohs(address.sin_port);
}

/// A connection to 127.0.0.1, still being made; writable once it stands.
inline handle connect_to(std::uint16_t port) {
  handle socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const auto address = loopback(port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
    return {};
  disable_nagle(socket);
  return socket;
}

/// Level-triggered epoll; every descriptor carries a number of the caller's.
class poller {
public:
  poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_)
      fail("epoll_create1");
  }
  void add(const handle& what, std::uint64_t tag, std::uint32_t events) { control(EPOLL_CTL_ADD, what, tag, events); }
  void change(const handle& what, std::uint64_t tag, std::uint32_t events) {
    control(EPOLL_CTL_MOD, what, tag, events);
  }

  /// Waits until something is ready or `until` is reached; nullopt waits for ever.
  std::span<const epoll_event> wait(std::optional<nanoseconds> until) {
    timespec rest{};
    if (until) {
      const auto left = std::max(nanoseconds{0}, *until - now()).count();
      rest = {left / 1'000'000'000, left % 1'000'000'000};
    }
    const int count = ::epoll_pwait2(epoll_.get(), events_, capacity, until ? &rest : nullptr, nullptr);
    if (count < 0 && errno != EINTR)
      fail("epoll_pwait2");
    return {events_, static_cast<std::size_t>(std::max(count, 0))};
  }

private:
  void control(int operation, const handle& what, std::uint64_t tag, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = tag;
    if (::epoll_ctl(epoll_.get(), operation, what.get(), &event) != 0)
      fail("epoll_ctl");
  }

  static constexpr int capacity = 256;
  handle epoll_;
  epoll_event events_[capacity] = {};
};

} // namespace bench
