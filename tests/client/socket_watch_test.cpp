// Which sockets the epoll set reports while libcurl keeps or drops them.
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/client/socket_watch.hpp"
#include "runtime/unique_fd.hpp"

using namespace carillon;

namespace {

/// An epoll set, and a socket whose other end the test holds.
struct watched_socket {
  unique_fd epoll{::epoll_create1(EPOLL_CLOEXEC)};
  unique_fd near, far;
  socket_watch watch{epoll.get(), 7};

  watched_socket() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    near = unique_fd{ends[0]};
    far = unique_fd{ends[1]};
  }
  void answer() const { REQUIRE(::write(far.get(), "x", 1) == 1); }
  /// The mark of what the set reports now; nullopt: nothing.
  std::optional<std::uint64_t> reported() const {
    epoll_event event{};
    if (::epoll_wait(epoll.get(), &event, 1, 0) != 1)
      return std::nullopt;
    std::uint64_t mark = event.data.u64; // the field is packed
    return mark;
  }
};

} // namespace

TEST_CASE("a socket is reported with its tag while it is waited for") {
  watched_socket s;
  s.watch.opened(s.near.get());
  REQUIRE(s.watch.want(s.near.get(), EPOLLIN));
  CHECK_FALSE(s.reported());
  s.answer();
  CHECK(s.reported() == (std::uint64_t{7} << 32 | static_cast<std::uint32_t>(s.near.get())));
  CHECK(s.watch.wanted(s.near.get()));
}

TEST_CASE("a kept connection that speaks up between calls is silenced, and heard again in the next call") {
  watched_socket s;
  s.watch.opened(s.near.get());
  REQUIRE(s.watch.want(s.near.get(), EPOLLIN));
  REQUIRE(s.watch.want(s.near.get(), 0));
  s.answer();
  CHECK(s.reported()); // still in the set
  CHECK_FALSE(s.watch.wanted(s.near.get()));
  CHECK_FALSE(s.reported());
  REQUIRE(s.watch.want(s.near.get(), EPOLLIN));
  CHECK(s.reported());
}

TEST_CASE("a kept connection does not report that it can be written") {
  watched_socket s;
  s.watch.opened(s.near.get());
  REQUIRE(s.watch.want(s.near.get(), EPOLLIN | EPOLLOUT));
  CHECK(s.reported());
  REQUIRE(s.watch.want(s.near.get(), 0));
  CHECK_FALSE(s.reported());
}

TEST_CASE("a descriptor that libcurl opened by itself leaves the set when it is let go") {
  watched_socket s;
  REQUIRE(s.watch.want(s.near.get(), EPOLLIN));
  REQUIRE(s.watch.want(s.near.get(), 0));
  s.answer();
  CHECK_FALSE(s.reported());
}

TEST_CASE("a number that means another connection now is reported anew") {
  watched_socket s;
  s.watch.opened(s.near.get());
  REQUIRE(s.watch.want(s.near.get(), EPOLLIN));
  auto number = s.near.get();
  s.watch.closed(number);
  s.near = unique_fd{};
  auto again = unique_fd{::dup(s.far.get())};
  REQUIRE(again.get() == number);
  s.watch.opened(number);
  REQUIRE(s.watch.want(number, EPOLLIN | EPOLLRDHUP));
  CHECK(s.reported());
}
