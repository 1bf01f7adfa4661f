#include "runtime/http/connection.hpp"

#include <boost/asio/write.hpp>

#include "runtime/unique_fd.hpp"

namespace carillon::http {
namespace {

constexpr std::size_t head_read_bytes = 4UL * 1024;
constexpr std::size_t body_read_bytes = 16UL * 1024;
constexpr std::size_t chunk_head_bytes = 16UL * 1024;
constexpr int unread_bytes = 128 * 1024; // of answers that a client does not read, kept by the system

std::string_view view(const boost::beast::flat_buffer& buffer) {
  auto data = buffer.data();
  return {static_cast<const char*>(data.data()), data.size()};
}

} // namespace

connection::connection(front& shared, pool& at, listener at_listener, tcp_socket socket,
                       std::unique_ptr<tls_session> tls)
    : shared_(shared),
      at_(&at),
      listener_(at_listener),
      protocol_(boost::asio::ip::tcp::v4()),
      socket_(std::move(socket)),
      tls_(std::move(tls)) {
  ++shared_.connections;
}

connection::~connection() {
  if (counted_)
    shared_.exchanges.leave();
  --shared_.connections;
}

void connection::start() {
  boost::system::error_code ignored; // a socket that is gone already shows at the first read
  socket_->set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
  socket_->set_option(boost::asio::socket_base::send_buffer_size{unread_bytes}, ignored);
  auto here = socket_->local_endpoint(ignored);
  if (!ignored)
    protocol_ = here.protocol();
  enter(phase::idle, shared_.config.server.header_timeout);
  read();
}

void connection::turn_away(fault why) {
  begin_request();
  refuse(std::move(why));
}

// ---------------------------------------------------------------- bytes in

void connection::read() {
  auto size = phase_ == phase::body ? body_read_bytes : head_read_bytes;
  auto then = [self = shared_from_this()](boost::system::error_code ec, std::size_t bytes) {
    self->on_read(ec, bytes);
  };
  if (tls_) {
    wire_in_.resize(body_read_bytes);
    socket_->async_read_some(boost::asio::buffer(wire_in_), std::move(then));
  } else {
    socket_->async_read_some(in_.prepare(size), std::move(then));
  }
}

void connection::on_read(boost::system::error_code ec, std::size_t bytes) {
  if (phase_ == phase::closed)
    return;
  if (ec)
    return close();
  if (!tls_) {
    in_.commit(bytes);
    return on_plain();
  }
  bool sound = tls_->feed(std::string_view{wire_in_}.substr(0, bytes), in_);
  if (!sound && in_.size() == 0)
    return close();
  // What the handshake has to say goes out before anything else is read.
  out_ = tls_->take_output();
  if (out_.empty())
    return on_plain();
  boost::asio::async_write(*socket_, boost::asio::buffer(out_),
                           [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
                             if (failed)
                               self->close();
                             else if (self->phase_ != phase::closed)
                               self->on_plain();
                           });
}

void connection::on_plain() {
  switch (phase_) {
  case phase::idle:
  case phase::head: return on_head_bytes();
  case phase::body: return on_body_bytes();
  case phase::lingering: in_.consume(in_.size()); return read();
  default: return;
  }
}

void connection::on_head_bytes() {
  // Empty lines before a request are forgiven (RFC 9112, section 2.2).
  while (view(in_).starts_with("\r\n"))
    in_.consume(2);
  if (in_.size() == 0)
    return read();
  if (phase_ == phase::idle)
    begin_request();
  auto size = head_size(view(in_));
  if (!size)
    return refuse(std::move(size.error()));
  if (*size == 0)
    return read();
  parser_.emplace();
  auto parsed = read_head(view(in_).substr(0, *size), *parser_);
  in_.consume(*size);
  if (!parsed)
    return refuse(std::move(parsed.error()));
  head_ = *parsed;
  last_ = !head_.keep_alive;
  if (!counted_) {
    shared_.exchanges.enter();
    counted_ = true;
  }
  if (auto problem = admit())
    early_ = *std::move(problem);
  auto& target = lane_pool();
  if (&target == at_)
    begin_body();
  else
    move_to(target);
}

void connection::on_body_bytes() {
  boost::beast::error_code ec;
  while (!parser_->is_done()) {
    auto used = parser_->put(in_.data(), ec);
    in_.consume(used);
    if (ec == boost::beast::http::error::need_more || (!ec && used == 0)) {
      if (has_bare_line_feed(view(in_))) // what is left over is a size line or the trailer
        return refuse({errc::bad_header, "A line of the chunked coding ends in a bare LF; CRLF is needed."});
      if (in_.size() > chunk_head_bytes)
        return refuse({errc::bad_header, "A chunk's size line or the trailer is too long."});
      return read();
    }
    if (ec == boost::beast::http::error::body_limit)
      return refuse({errc::body_too_large, "The body is larger than " + std::to_string(body_limit()) + " bytes."});
    if (ec)
      return refuse({errc::bad_header, "The body is not framed as RFC 9112 has it: " + ec.message() + "."});
  }
  request_.body = std::move(parser_->get().body());
  run_handler();
}

// ---------------------------------------------------------------- a request

void connection::begin_request() {
  ++serial_;
  request_ = {};
  request_.received = clock::now();
  id_ = at_->request_id(shared_.with.engine.clock().now());
  head_ = {};
  route_ = nullptr;
  early_.reset();
  rate_.reset();
  last_ = false;
  if (serial_ > 1)
    enter(phase::head, shared_.config.server.header_timeout);
  else
    phase_ = phase::head; // its time runs from the beginning of the connection
}

pool& connection::lane_pool() const {
  if (listener_ == listener::admin)
    return *at_;
  bool bound = request_.caller && request_.caller->lane == lane::critical;
  return shared_.with.pool_of(head_.urgent || bound ? lane::critical : lane::bulk);
}

void connection::move_to(pool& target) {
  boost::system::error_code ec;
  unique_fd fd{socket_->release(ec)}; // on its way from one event loop to another
  auto self = at_->remove(this);
  if (ec)
    return close();
  socket_.reset();
  at_ = &target;
  // Should that pool be gone, the connection and its descriptor end with the message.
  target.way_in()->post([this, self = std::move(self), fd = std::move(fd)]() mutable {
    boost::system::error_code failed;
    socket_.emplace(at_->context());
    socket_->assign(protocol_, fd.release(), failed);
    at_->add(std::move(self));
    if (failed)
      return close();
    begin_body();
  });
}

void connection::begin_body() {
  enter(phase::body, shared_.config.server.body_timeout);
  if (head_.content_length.value_or(0) > body_limit())
    return refuse({errc::body_too_large, "The body has " + std::to_string(*head_.content_length) + " bytes; at most "
                                           + std::to_string(body_limit()) + " are taken here."});
  if (!head_.has_body())
    return run_handler();
  if (head_.expects_continue && in_.size() == 0) {
    if (early_) { // the client waits with its body: it need not come
      last_ = true;
      return run_handler();
    }
    return send_continue();
  }
  parser_->eager(true);
  parser_->body_limit(body_limit());
  on_body_bytes();
}

std::uint64_t connection::body_limit() const {
  auto& server = shared_.config.server;
  return route_ && route_->body == body_kind::batch ? server.max_batch_body : server.max_body;
}

void connection::run_handler() {
  enter(phase::engine, 2 * shared_.config.server.accept_deadline);
  if (early_)
    return take(serial_, *std::move(early_));
  request_.id = id_;
  request_.pool = at_->way_in();
  if (shared_.on_body)
    shared_.on_body(request_);
  responder respond{at_->way_in(), weak_from_this(), serial_};
  try {
    route_->run(shared_.with, request_, respond);
  } catch (const std::exception& e) {
    shared_.with.engine.watch().log(log_level::error, "handler_failed",
                                    {{"route", std::string{route_->pattern}}, {"reason", e.what()}});
    respond(fault{errc::internal_error, "The request could not be handled; nothing was accepted."});
  }
}

void connection::look(clock::time_point then) {
  if (then < deadline_)
    return;
  switch (phase_) {
  case phase::head:
  case phase::body: return refuse({errc::request_timeout, "The request did not arrive in time."});
  case phase::engine:
    return take(
      serial_,
      fault{errc::store_unavailable, "The request could not be completed in time.", {}, std::chrono::seconds{1}});
  default: return hang_up();
  }
}

void connection::drain() {
  if (phase_ == phase::idle || phase_ == phase::lingering)
    close();
}

void connection::enter(phase next, duration time_limit) {
  phase_ = next;
  deadline_ = clock::now() + time_limit;
}

} // namespace carillon::http
