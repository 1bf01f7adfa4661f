#include "runtime/http/acceptor.hpp"

namespace carillon::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Without descriptors left, accepting again at once would only burn the processor.
constexpr auto pause_without_descriptors = std::chrono::milliseconds{50};

// So many more connections are told that the server is full; the others are only closed.
constexpr std::size_t told_at_once = 64;

fault listen_fault(const std::string& address, std::string_view setting, const std::string& reason) {
  return {errc::internal_error, "[server] " + std::string{setting} + " = \"" + address + "\" cannot be used: " + reason
                                  + ". Choose another address or port, or end what uses it."};
}

result<tcp::endpoint> resolve(asio::io_context& context, const std::string& address, std::string_view setting) {
  auto colon = address.rfind(':');
  if (colon == std::string::npos)
    return listen_fault(address, setting, "it is not of the form host:port");
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  boost::system::error_code ec;
  auto found = tcp::resolver{context}.resolve(host, address.substr(colon + 1), tcp::resolver::passive, ec);
  if (ec || found.empty())
    return listen_fault(address, setting, ec.message());
  return found.begin()->endpoint();
}

} // namespace

acceptor::acceptor(front& shared, pool& at, listener serves, SSL_CTX* tls)
    : shared_(shared), at_(at), serves_(serves), tls_(tls), acceptor_(at.context()), pause_(at.context()) {}

status_result acceptor::open(const std::string& address, std::string_view setting) {
  auto endpoint = resolve(at_.context(), address, setting);
  if (!endpoint)
    return endpoint.error();
  boost::system::error_code ec;
  acceptor_.open(endpoint->protocol(), ec);
  if (!ec)
    acceptor_.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec)
    acceptor_.bind(*endpoint, ec);
  if (!ec)
    acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec)
    return listen_fault(address, setting, ec.message());
  port_ = acceptor_.local_endpoint(ec).port();
  return ok;
}

void acceptor::start() {
  asio::post(at_.context(), [this] { next(); });
}

void acceptor::close() {
  boost::system::error_code ignored; // it may be closed already
  acceptor_.close(ignored);
  pause_.cancel();
}

void acceptor::next() {
  if (!acceptor_.is_open())
    return;
  auto then = [this](boost::system::error_code ec, tcp_socket socket) {
    if (ec == asio::error::operation_aborted)
      return;
    if (!ec) {
      serve(std::move(socket));
      return next();
    }
    pause_.expires_after(pause_without_descriptors);
    pause_.async_wait([this](boost::system::error_code stopped) {
      if (!stopped)
        next();
    });
  };
  acceptor_.async_accept(at_.context(), std::move(then));
}

void acceptor::serve(tcp_socket socket) {
  // Whoever looks after the server gets in even when it is full.
  bool full = serves_ == listener::open && shared_.connections >= shared_.room;
  if (full && (tls_ || shared_.connections >= shared_.room + told_at_once))
    return;
  auto tls = tls_ ? std::make_unique<tls_session>(*tls_) : nullptr;
  auto served = std::make_shared<connection>(shared_, at_, serves_, std::move(socket), std::move(tls));
  at_.add(served);
  if (full)
    served->turn_away({errc::overloaded, "The server has as many connections as it takes ("
                                           + std::to_string(shared_.room) + "); try again later."});
  else
    served->start();
}

} // namespace carillon::http
