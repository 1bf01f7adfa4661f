// What a connection says: answers, refusals, and how it ends.
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <boost/asio/write.hpp>

#include "runtime/http/connection.hpp"
#include "runtime/http/problem.hpp"
#include "runtime/http/wire.hpp"

namespace carillon::http {
namespace {

constexpr std::size_t kept_buffer_bytes = 32UL * 1024; // a connection at rest keeps no more than this
constexpr auto linger_time = std::chrono::seconds{2};

} // namespace

void connection::take(std::uint64_t serial, result<answer> what) {
  if (serial != serial_ || phase_ != phase::engine)
    return;
  if (what)
    return write(*what);
  auto& why = what.error();
  count_refusal(why);
  if (why.code == errc::rate_limited && !(rate_ && !rate_->allowed)) // a limit of the engine, not of the key
    rate_ = rate_view{false, why.quota, 0, why.retry_after.value_or(std::chrono::seconds{1})};
  write(problem(why, id_));
}

/// The connection cannot be used after this answer: the request was not read to its end.
void connection::refuse(fault why) {
  last_ = true;
  count_refusal(why);
  write(problem(why, id_));
}

/// Of a request that would have been accepted with 202, whoever refused it.
void connection::count_refusal(const fault& why) {
  if (route_ != nullptr && route_->status == 202)
    shared_.with.engine.watch().rejected(code_of(why.code));
}

void connection::write(const answer& what) {
  auto& server = shared_.config.server;
  bool keep = !last_ && !shared_.draining;
  last_ = !keep;
  bool http10 = parser_ && parser_->is_header_done() && parser_->get().version() == 10;
  out_.clear();
  write_answer(out_, what, {id_, rate_, shared_.with.engine.clock().now(), keep, http10, head_.how == method::head});
  if (shared_.log_requests)
    log_request(what.status);
  enter(phase::writing, server.idle_timeout);
  send(&connection::on_written);
}

/// Writes out_ and goes on with `then`.
void connection::send(void (connection::*then)()) {
  if (tls_) {
    if (!tls_->seal(out_))
      return close();
    out_ = tls_->take_output();
  }
  boost::asio::async_write(*socket_, boost::asio::buffer(out_),
                           [self = shared_from_this(), then](boost::system::error_code ec, std::size_t) {
                             if (ec)
                               self->close();
                             else if (self->phase_ != phase::closed)
                               (self.get()->*then)();
                           });
}

void connection::send_continue() {
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  head_.expects_continue = false;
  send(&connection::begin_body);
}

void connection::on_written() {
  if (counted_) {
    shared_.exchanges.leave();
    counted_ = false;
  }
  request_ = {};
  parser_.reset();
  if (out_.capacity() > kept_buffer_bytes)
    out_ = {};
  if (in_.size() == 0 && in_.capacity() > kept_buffer_bytes)
    in_.shrink_to_fit();
  if (last_)
    return linger();
  enter(phase::idle, shared_.config.server.idle_timeout);
  on_head_bytes();
}

/// Reads away what the client still sends: closing at once would reset the
/// connection and could take the answer with it (RFC 9112, section 9.6).
void connection::linger() {
  if (tls_) {
    tls_->close();
    out_ = tls_->take_output();
    boost::system::error_code ignored; // best effort: the answer is out
    socket_->write_some(boost::asio::buffer(out_), ignored);
  }
  boost::system::error_code ec;
  socket_->shutdown(boost::asio::ip::tcp::socket::shutdown_send, ec);
  if (ec)
    return close();
  enter(phase::lingering, linger_time);
  in_.consume(in_.size());
  read();
}

/// What the client never took is thrown away: the system would keep it for minutes,
/// and the client, which does not read, would not learn that its time is over.
void connection::hang_up() {
  int left = 0;
  boost::system::error_code ignored; // without the option the end is only slower
  if (socket_ && ::ioctl(socket_->native_handle(), SIOCOUTQ, &left) == 0 && left > 0)
    socket_->set_option(boost::asio::socket_base::linger{true, 0}, ignored);
  close();
}

void connection::close() {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  boost::system::error_code ignored; // closing twice or a reset peer changes nothing
  if (socket_)
    socket_->close(ignored);
  if (counted_)
    shared_.exchanges.leave();
  counted_ = false;
  at_->remove(this);
}

void connection::log_request(int status) const {
  if (!shared_.with.engine.watch().wants(log_level::debug))
    return;
  auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - request_.received);
  shared_.with.engine.watch().log(log_level::debug, "http_request",
                                  {{"request_id", id_},
                                   {"method", std::string{to_string(head_.how)}},
                                   {"route", std::string{route_ ? route_->pattern : "-"}},
                                   {"status", std::to_string(status)},
                                   {"took_us", std::to_string(took.count())}});
}

} // namespace carillon::http
