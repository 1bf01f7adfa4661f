#include "runtime/client/socket_watch.hpp"

#include <sys/epoll.h>

namespace carillon {

bool socket_watch::want(int fd, std::uint32_t events) {
  auto& about = sockets_[fd];
  about.wanted = events;
  if (events != 0)
    return report(fd, about, events);
  if (about.connection) // an idle one is always writable: that must not wake anybody
    return (about.reported & EPOLLOUT) == 0 || report(fd, about, EPOLLIN);
  bool done = report(fd, about, 0);
  sockets_.erase(fd);
  return done;
}

bool socket_watch::wanted(int fd) {
  auto found = sockets_.find(fd);
  if (found == sockets_.end())
    return false;
  if (found->second.wanted == 0)
    report(fd, found->second, 0);
  return found->second.wanted != 0;
}

bool socket_watch::report(int fd, interest& about, std::uint32_t events) {
  if (about.reported == events)
    return true;
  epoll_event event{};
  event.events = events;
  event.data.u64 = std::uint64_t{tag_} << 32 | static_cast<std::uint32_t>(fd);
  auto what = events == 0 ? EPOLL_CTL_DEL : about.reported == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  about.reported = events;
  return ::epoll_ctl(epoll_, what, fd, &event) == 0;
}

} // namespace carillon
