// One client connection: reads a request, settles its lane by the head, reads the
// body on that lane's pool, has it answered and writes the answer. Requests that
// a client pipelines are served one after the other; the next is not read before
// the last was answered, so a client cannot make the server buffer for it.
//
//   idle → head ─(moves to the lane's pool)→ body → engine → writing → idle
//                                                              └→ lingering → closed
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "runtime/http/front.hpp"
#include "runtime/http/head.hpp"
#include "runtime/http/tls_session.hpp"

namespace carillon::http {

using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class connection final : public answer_sink, public pool_member, public std::enable_shared_from_this<connection> {
public:
  /// `tls` null: plain. The connection serves the routes of `at_listener`.
  connection(front& shared, pool& at, listener at_listener, tcp_socket socket, std::unique_ptr<tls_session> tls);
  ~connection() override;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Begins to read; it was added to its pool.
  void start();
  /// Answers with this before any request, and ends. Plain connections only.
  void turn_away(fault why);

  void take(std::uint64_t serial, result<answer> what) override;
  void look(std::chrono::steady_clock::time_point then) override;
  void drain() override;

private:
  using clock = std::chrono::steady_clock;
  enum class phase : std::uint8_t { idle, head, body, engine, writing, lingering, closed };

  // Bytes in
  void read();
  void on_read(boost::system::error_code ec, std::size_t bytes);
  void on_plain();
  void on_head_bytes();
  void on_body_bytes();

  // A request, step by step
  void begin_request();
  std::optional<fault> admit();
  std::optional<fault> admit_route();
  std::optional<fault> admit_caller();
  std::optional<fault> admit_body();
  pool& lane_pool() const;
  void move_to(pool& target);
  void begin_body();
  void run_handler();
  std::uint64_t body_limit() const;

  // Bytes out
  void refuse(fault why);
  void count_refusal(const fault& why);
  void write(const answer& what);
  void send(void (connection::*then)());
  void send_continue();
  void on_written();
  void linger();
  void hang_up();
  void close();
  void log_request(int status) const;

  void enter(phase next, duration time_limit);

  front& shared_;
  pool* at_;
  listener listener_;
  boost::asio::ip::tcp protocol_;
  std::optional<tcp_socket> socket_;
  std::unique_ptr<tls_session> tls_;
  std::string wire_in_; ///< TLS: bytes as they came
  boost::beast::flat_buffer in_;
  std::string out_;

  phase phase_ = phase::idle;
  clock::time_point deadline_;

  // The request being served
  std::uint64_t serial_ = 0;
  std::string id_; ///< X-Request-Id; the handler has its own copy
  std::optional<parser> parser_;
  head head_;
  request request_;
  const route* route_ = nullptr;
  std::optional<result<answer>> early_; ///< the answer is known; the body is only read away
  std::optional<rate_view> rate_;
  bool counted_ = false;
  bool last_ = false; ///< the connection ends after this answer
};

} // namespace carillon::http
