#include "runtime/client/transfer_pool.hpp"

#include <sys/epoll.h>

namespace carillon {
namespace {

constexpr std::size_t most_idle_transfers = 256;

} // namespace

transfer_pool::transfer_pool(const client_settings& settings, const egress_policy* guard, int epoll, std::uint32_t tag)
    : settings_(settings), guard_(guard), sockets_(epoll, tag), multi_(make_multi()) {
  set_option(multi_, CURLMOPT_SOCKETFUNCTION, &on_interest);
  set_option(multi_, CURLMOPT_SOCKETDATA, this);
  set_option(multi_, CURLMOPT_TIMERFUNCTION, &on_timer);
  set_option(multi_, CURLMOPT_TIMERDATA, this);
  set_option(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  set_option(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(settings.max_connections));
  set_option(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(settings.max_connections));
  set_option(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(settings.max_host_connections));
}

std::unique_ptr<http_transfer> transfer_pool::take_transfer() {
  if (idle_.empty())
    return std::make_unique<http_transfer>(settings_, guard_, sockets_);
  auto transfer = std::move(idle_.back());
  idle_.pop_back();
  return transfer;
}

void transfer_pool::start(wire_request request, answer_function then) {
  auto transfer = take_transfer();
  if (auto reason = transfer->load(std::move(request), std::move(then)))
    return transfer->release()(not_sent(std::move(*reason)));
  if (auto code = curl_multi_add_handle(multi_.get(), transfer->handle()); code != CURLM_OK)
    return transfer->release()(not_sent(curl_multi_strerror(code)));
  auto* handle = transfer->handle();
  active_.emplace(handle, std::move(transfer));
}

void transfer_pool::on_socket(int fd, std::uint32_t events) {
  if (!sockets_.wanted(fd))
    return; // an idle connection was closed at the other end: libcurl finds out before it uses it
  int what = 0;
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
    what |= CURL_CSELECT_IN;
  if (events & EPOLLOUT)
    what |= CURL_CSELECT_OUT;
  if (events & EPOLLERR)
    what |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_.get(), fd, what, &running);
  collect();
}

void transfer_pool::on_time(steady::time_point now) {
  if (!deadline_ || *deadline_ > now)
    return;
  deadline_.reset(); // before the call, which may set the next one
  int running = 0;
  curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
  collect();
}

void transfer_pool::abandon() {
  collect();
  while (!active_.empty())
    end(active_.begin()->first, CURLE_ABORTED_BY_CALLBACK);
}

void transfer_pool::collect() {
  int left = 0;
  while (auto* message = curl_multi_info_read(multi_.get(), &left))
    if (message->msg == CURLMSG_DONE)
      end(message->easy_handle, message->data.result);
}

void transfer_pool::end(CURL* handle, CURLcode code) {
  auto transfer = std::move(active_.extract(handle).mapped());
  curl_multi_remove_handle(multi_.get(), handle);
  auto answer = transfer->finish(code);
  auto then = transfer->release();
  if (idle_.size() < most_idle_transfers)
    idle_.push_back(std::move(transfer));
  then(std::move(answer));
}

int transfer_pool::on_interest(CURL*, curl_socket_t fd, int what, void* self, void*) {
  std::uint32_t events = 0;
  if (what != CURL_POLL_REMOVE)
    events = (what & CURL_POLL_IN ? EPOLLIN : 0U) | (what & CURL_POLL_OUT ? EPOLLOUT : 0U);
  return static_cast<transfer_pool*>(self)->sockets_.want(fd, events) ? 0 : -1;
}

int transfer_pool::on_timer(CURLM*, long wait_ms, void* self) {
  auto& pool = *static_cast<transfer_pool*>(self);
  if (wait_ms < 0)
    pool.deadline_.reset();
  else
    pool.deadline_ = steady::now() + std::chrono::milliseconds{wait_ms};
  return 0;
}

} // namespace carillon
