#include "bench/vendor/server.hpp"

namespace vendor {
namespace {

constexpr std::uint64_t listener_tag = ~std::uint64_t{0};

constexpr std::string_view reason_of(int status) {
  return status < 300 ? "OK" : status < 400 ? "Redirect" : status < 500 ? "Refused" : "Failed";
}

} // namespace

server::server(std::uint16_t port, script first) : script_(first), listener_(bench::listen_on(port)) {
  poller_.add(listener_, listener_tag, EPOLLIN);
}

void server::run() {
  for (;;) {
    const auto until = delayed_.empty() ? std::nullopt : std::optional{delayed_.top().due};
    for (auto& event : poller_.wait(until)) {
      if (event.data.u64 == listener_tag)
        accept_all();
      else
        on_ready(event.data.u64, event.events);
    }
    send_due();
  }
}

void server::accept_all() {
  for (;;) {
    bench::handle socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!socket)
      return;
    bench::disable_nagle(socket);
    if (free_.empty()) {
      free_.push_back(connections_.size());
      connections_.emplace_back();
    }
    const auto slot = free_.back();
    free_.pop_back();
    auto& one = connections_[slot];
    one.socket = std::move(socket);
    poller_.add(one.socket, slot, EPOLLIN);
  }
}

void server::on_ready(std::size_t slot, std::uint32_t events) {
  auto& one = connections_[slot];
  if (!one.socket)
    return;
  if ((events & EPOLLIN) != 0 && !receive(one))
    return close(slot);
  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    return close(slot);
  serve(slot);
}

bool server::receive(connection& one) {
  char buffer[65'536];
  for (;;) {
    const auto count = ::recv(one.socket.get(), buffer, sizeof buffer, 0);
    if (count < 0)
      return errno == EAGAIN || errno == EINTR;
    if (count == 0)
      return false;
    one.in.append(buffer, static_cast<std::size_t>(count));
    if (static_cast<std::size_t>(count) < sizeof buffer)
      return true;
  }
}

void server::serve(std::size_t slot) {
  auto& one = connections_[slot];
  while (one.socket && !one.waiting) {
    const auto request = bench::frame_of(one.in);
    if (!request)
      break;
    const auto bytes = request->bytes();
    take(slot, *request);
    one.in.erase(0, bytes);
  }
  if (one.socket)
    flush(slot);
}

void server::take(std::size_t slot, const bench::frame& request) {
  const auto method = request.head.substr(0, request.head.find(' '));
  auto target = request.head.substr(method.size() + 1);
  target = target.substr(0, target.find(' '));
  const auto path = target.substr(0, target.find('?'));
  const bool controls = method == "GET" || path == "/script" || path == "/reset";
  if (!controls)
    return take_webhook(slot, request);
  try {
    answer(connections_[slot], 200, control(method, target));
  } catch (const std::invalid_argument& problem) {
    answer(connections_[slot], 400, problem.what());
  }
}

std::string server::control(std::string_view method, std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  const auto query = target.substr(std::min(path.size() + 1, target.size()));
  if (method == "POST" && path == "/script")
    return script_.apply(query), "{}";
  if (method == "POST" && path == "/reset")
    return ledger_ = {}, "{}";
  if (path == "/stats")
    return ledger_.stats_json();
  if (path == "/ids")
    return ledger_.ids();
  if (path == "/repeats")
    return ledger_.repeats();
  throw std::invalid_argument("unknown control " + std::string{target});
}

void server::take_webhook(std::size_t slot, const bench::frame& request) {
  auto& one = connections_[slot];
  const auto id = parse_id(bench::header(request.head, "webhook-id"));
  if (!id) {
    ledger_.count_bad_id();
    return answer(one, 400);
  }
  const auto at = bench::now();
  const bool first = ledger_.record(*id, mark_of(request.body), at);
  if (!first && script_.dedupe) {
    ledger_.count_answer("known");
    return answer(one, 200);
  }
  if (happens(script_.drop_rate)) {
    ledger_.count_answer("dropped");
    return close(slot);
  }
  if (happens(script_.hang_rate)) {
    ledger_.count_answer("hung");
    return keep_waiting(one);
  }
  const int status = happens(script_.fail_rate) ? script_.fail_status : 200;
  ledger_.count_answer(std::to_string(status));
  if (script_.delay.count() == 0)
    return answer(one, status);
  keep_waiting(one);
  delayed_.push({at + script_.delay, slot, one.incarnation, status});
}

void server::keep_waiting(connection& one) {
  one.waiting = true;
  ledger_.note_under_way(++waiting_);
}

void server::send_due() {
  while (!delayed_.empty() && delayed_.top().due <= bench::now()) {
    const auto next = delayed_.top();
    delayed_.pop();
    auto& one = connections_[next.slot];
    if (one.incarnation != next.incarnation)
      continue;
    one.waiting = false;
    --waiting_;
    answer(one, next.status);
    serve(next.slot);
  }
}

void server::answer(connection& one, int status, std::string_view body) {
  one.out += "HTTP/1.1 " + std::to_string(status) + ' ';
  one.out += reason_of(status);
  one.out += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  one.out += body;
}

void server::flush(std::size_t slot) {
  auto& one = connections_[slot];
  std::size_t sent = 0;
  while (sent < one.out.size()) {
    const auto count = ::send(one.socket.get(), one.out.data() + sent, one.out.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN)
      return close(slot);
    if (count < 0)
      break;
    sent += static_cast<std::size_t>(count);
  }
  one.out.erase(0, sent);
  if (const bool blocked = !one.out.empty(); blocked != one.blocked) {
    one.blocked = blocked;
    poller_.change(one.socket, slot, blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }
}

void server::close(std::size_t slot) {
  auto& one = connections_[slot];
  waiting_ -= one.waiting;
  one = connection{{}, one.incarnation + 1, {}, {}, false, false};
  free_.push_back(slot);
}

} // namespace vendor
