#include "runtime/client/http_loop.hpp"

#include <algorithm>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>

#include "runtime/client/client_thread.hpp"

namespace carillon {
namespace {

constexpr std::uint32_t trusted_tag = 0, guarded_tag = 1, wake_tag = 2;
constexpr std::size_t events_per_wait = 256;

unique_fd checked_fd(int fd, const char* what) {
  if (fd < 0)
    throw std::system_error{errno, std::generic_category(), what};
  return unique_fd{fd};
}

} // namespace

http_loop::http_loop(const client_settings& settings)
    : settings_(settings),
      epoll_(checked_fd(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(checked_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      pools_{transfer_pool{settings_, nullptr, epoll_.get(), trusted_tag},
             transfer_pool{settings_, &settings_.guard, epoll_.get(), guarded_tag}} {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = std::uint64_t{wake_tag} << 32;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
    throw std::system_error{errno, std::generic_category(), "epoll_ctl"};
  thread_ = std::thread{[this] { run(); }};
}

http_loop::~http_loop() {
  {
    std::scoped_lock guard{mutex_};
    stopping_ = true;
  }
  wake();
  thread_.join();
}

void http_loop::submit(wire_request request, answer_function then) {
  bool first = false;
  {
    std::scoped_lock guard{mutex_};
    first = submitted_.empty();
    submitted_.emplace_back(std::move(request), std::move(then));
  }
  if (first)
    wake(); // whoever came before has woken the loop for the others
}

void http_loop::wake() const {
  std::uint64_t one = 1;
  // A full counter has woken the loop already; there is no other way to fail.
  static_cast<void>(!::write(wake_.get(), &one, sizeof one));
}

void http_loop::run() {
  become_client_thread(settings_);
  while (take_submissions())
    wait_and_serve();
  for (auto& pool : pools_)
    pool.abandon();
}

bool http_loop::take_submissions() {
  bool stop = false;
  {
    std::scoped_lock guard{mutex_};
    taken_.swap(submitted_);
    stop = stopping_;
  }
  for (auto& [request, then] : taken_) {
    if (stop)
      then({wire_answer::failure::not_sent, 0, {}, {}, "Nothing was sent: the client is shutting down."});
    else
      pools_[request.guarded ? guarded_tag : trusted_tag].start(std::move(request), std::move(then));
  }
  taken_.clear();
  return !stop;
}

void http_loop::wait_and_serve() {
  std::array<epoll_event, events_per_wait> events;
  auto count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds_to_wait());
  for (int i = 0; i < count; ++i)
    serve(events[static_cast<std::size_t>(i)].data.u64, events[static_cast<std::size_t>(i)].events);
  auto now = transfer_pool::steady::now();
  for (auto& pool : pools_)
    pool.on_time(now);
}

// A mark may outlive its socket within one batch of events. libcurl knows which
// sockets it has and takes a stale one as nothing or as a needless look.
void http_loop::serve(std::uint64_t mark, std::uint32_t events) {
  auto tag = static_cast<std::uint32_t>(mark >> 32);
  if (tag != wake_tag) {
    pools_[tag].on_socket(static_cast<int>(mark & 0xffffffff), events);
    return;
  }
  std::uint64_t count = 0;
  static_cast<void>(!::read(wake_.get(), &count, sizeof count)); // only to silence it
}

int http_loop::milliseconds_to_wait() const {
  using std::chrono::milliseconds;
  auto wait = milliseconds{60'000};
  auto now = transfer_pool::steady::now();
  for (auto& pool : pools_)
    if (auto deadline = pool.deadline())
      wait = std::clamp(std::chrono::ceil<milliseconds>(*deadline - now), milliseconds{0}, wait);
  return static_cast<int>(wait.count());
}

} // namespace carillon
