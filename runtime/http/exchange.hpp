// One HTTP request and its answer as handlers see them: no sockets, no parser.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/http/inlet.hpp"

namespace carillon::http {

enum class method : std::uint8_t { get, head, post, put, patch, del, options, trace };
std::string_view to_string(method value);

/// A request whose headers were checked and whose body is complete. A handler
/// owns it for the length of its call and moves out what it keeps.
struct request {
  method how = method::get;
  std::vector<std::string> args;                          ///< of the path's {placeholders}, decoded
  std::vector<std::pair<std::string, std::string>> query; ///< decoded, in order
  std::string content_type;                               ///< lower case, without parameters; empty: none was given
  std::string if_match, if_none_match;
  std::optional<std::string> idempotency_key;
  std::string body;
  std::shared_ptr<const api_key> caller; ///< null on routes without a key
  std::string id;                        ///< X-Request-Id
  std::chrono::steady_clock::time_point received{};
  std::shared_ptr<inlet> pool; ///< the pool that answers it

  const space& where() const { return caller->space; }
  /// The first value of that query parameter.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

struct answer {
  int status = 200;
  std::string body = {};
  std::vector<header> headers = {};
  std::string_view content_type = "application/json"; ///< a literal; left out where there is no body
};

/// Takes answers; a connection, or a test.
class answer_sink {
public:
  virtual ~answer_sink() = default;
  /// On the thread of the request's pool. Ignored unless `serial` is the request being answered.
  virtual void take(std::uint64_t serial, result<answer> what) = 0;
};

/// The right to answer one request. Copies answer the same request: the first
/// call counts. Any thread; a client that went away is nobody's concern.
class responder {
public:
  responder(std::shared_ptr<inlet> pool, std::weak_ptr<answer_sink> to, std::uint64_t serial)
      : pool_(std::move(pool)), to_(std::move(to)), serial_(serial) {}

  void operator()(result<answer> what) const;

private:
  std::shared_ptr<inlet> pool_;
  std::weak_ptr<answer_sink> to_;
  std::uint64_t serial_;
};

/// A callback for a port: what the port answers is handled on that pool, later,
/// so that a port may answer while it still holds its own locks.
template <class T, class Then>
done<T> on_pool(std::shared_ptr<inlet> pool, Then then) {
  return [pool = std::move(pool), then = std::move(then)](result<T> got) {
    pool->post([then, got = std::move(got)]() mutable { then(std::move(got)); });
  };
}
template <class T, class Then>
done<T> on_pool(const request& rq, Then then) {
  return on_pool<T>(rq.pool, std::move(then));
}

/// The same for a handler that only shows what it got: a fault becomes the answer.
template <class T, class Show>
done<T> answer_with(const request& rq, responder respond, Show show) {
  return on_pool<T>(rq, [respond = std::move(respond), show = std::move(show)](result<T> got) {
    if (got)
      respond(show(*got));
    else
      respond(std::move(got.error()));
  });
}

} // namespace carillon::http
