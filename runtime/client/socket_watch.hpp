// Which sockets an epoll set reports for one libcurl multi handle. libcurl asks for
// a socket at the start of each call and lets go of it at its end; a connection that
// is kept for the next call stays in the set meanwhile, which saves two system calls
// a call. Loop's thread only.
#pragma once

#include <cstdint>
#include <unordered_map>

namespace carillon {

class socket_watch {
public:
  /// Events carry `tag` in the upper half of their data, the descriptor in the lower.
  socket_watch(int epoll, std::uint32_t tag) : epoll_(epoll), tag_(tag) {}

  /// A connection was opened; `closed` will be told before its number means another.
  void opened(int fd) { sockets_[fd] = {.connection = true}; }
  void closed(int fd) { sockets_.erase(fd); }
  /// libcurl waits for those epoll events; 0: for none. False where the system refuses.
  bool want(int fd, std::uint32_t events);
  /// An event came. False where nobody waits for it: the socket is silenced then.
  bool wanted(int fd);

private:
  struct interest {
    bool connection = false;
    std::uint32_t reported = 0; ///< as the set has it
    std::uint32_t wanted = 0;   ///< as libcurl has it
  };
  bool report(int fd, interest& about, std::uint32_t events);

  int epoll_;
  std::uint32_t tag_;
  std::unordered_map<int, interest> sockets_;
};

} // namespace carillon
