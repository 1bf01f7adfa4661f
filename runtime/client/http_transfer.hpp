// One HTTP call at a time on one libcurl easy handle, which is used again and
// again: what never changes is set once. Loop's thread only.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "messages/ports.hpp"
#include "runtime/client/call_failures.hpp"
#include "runtime/client/client_settings.hpp"
#include "runtime/client/curl_handles.hpp"
#include "runtime/client/socket_watch.hpp"

namespace carillon {

using answer_function = std::function<void(wire_answer)>;

class http_transfer {
public:
  /// `guard` null: for calls to addresses the operator gave. `sockets` is told of
  /// each connection; it outlives them.
  http_transfer(const client_settings& settings, const egress_policy* guard, socket_watch& sockets);
  http_transfer(const http_transfer&) = delete;
  http_transfer& operator=(const http_transfer&) = delete;

  CURL* handle() const { return easy_.get(); }
  /// Takes a call over. Returns what makes the request impossible, if anything does.
  std::optional<std::string> load(wire_request request, answer_function then);
  /// The call ended with that code: what came of it. The handle is free again.
  wire_answer finish(CURLcode code);
  /// Whom to tell; to be called once.
  answer_function release() { return std::exchange(then_, nullptr); }

private:
  static int on_ready(void* self, char*, char*, int, int);
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address);
  static int on_close(void* sockets, curl_socket_t fd);
  static std::size_t on_header(char* data, std::size_t, std::size_t bytes, void* self);
  static std::size_t on_body(char* data, std::size_t, std::size_t bytes, void* self);

  void set_constant_options();
  void set_method();
  void set_headers();
  void set_timeouts();
  void take_header(std::string_view line);

  const client_settings& settings_;
  const egress_policy* guard_;
  socket_watch& sockets_;
  easy_handle easy_;
  string_list header_list_;
  wire_request request_;
  answer_function then_;
  wire_answer answer_;
  http_progress progress_;
  std::size_t header_bytes_ = 0, discarded_bytes_ = 0;
};

} // namespace carillon
