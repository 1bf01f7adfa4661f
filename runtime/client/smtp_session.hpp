// One SMTP connection: messages are sent one after the other, over the same
// connection while it lasts. Blocks; a thread of smtp_pool uses it.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/client/call_failures.hpp"
#include "runtime/client/client_settings.hpp"
#include "runtime/client/curl_handles.hpp"

namespace carillon {

class smtp_session {
public:
  explicit smtp_session(const client_settings& settings);
  ~smtp_session() { interrupt(); } // nobody waits for the answer to QUIT
  smtp_session(const smtp_session&) = delete;
  smtp_session& operator=(const smtp_session&) = delete;

  /// Sends one message and waits for the reply, for `timeout` at most. The answer:
  /// `status` and `body` are the code and the text of the server's last reply,
  /// header `smtp-command` names what it answers: `session` (greeting to AUTH),
  /// `MAIL`, `RCPT`, `DATA` or `end-of-data`.
  wire_answer send(const wire_request& request, std::chrono::milliseconds timeout);
  /// Ends the running call and lets none begin. Any thread.
  void interrupt();

private:
  static int on_ready(void* self, char*, char*, int, int);
  static std::size_t on_reply(char* data, std::size_t, std::size_t bytes, void* self);
  static std::size_t unheard(char*, std::size_t, std::size_t bytes, void*);
  static std::size_t on_upload(char* space, std::size_t, std::size_t bytes, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address);
  static int on_close(void* self, curl_socket_t socket);

  void set_constant_options();
  void load(const wire_request& request, std::chrono::milliseconds timeout);
  wire_answer perform(const wire_request& request);
  bool broke_while_idle(const wire_answer& answer) const;
  void drop_connection();
  void take_reply_line(std::string_view line);
  void take_reply(int code);
  void stop_reading();

  const client_settings& settings_;
  string_list recipients_;

  // Of the running call:
  std::string_view message_;
  std::size_t uploaded_ = 0;
  smtp_progress progress_;
  bool timed_out_ = false;
  long connects_ = 0; ///< 0: on a connection that stood
  bool wants_auth_ = false;
  bool auth_offered_ = false;      ///< on the connection that stands
  std::size_t replies_ = 0;        ///< complete ones since the session stood
  std::string reply_, last_reply_; ///< the one being read, the newest complete one

  std::atomic<bool> interrupted_ = false;
  std::mutex mutex_;
  std::vector<curl_socket_t> sockets_; ///< open ones; guarded by mutex_

  easy_handle easy_; // last: closing its connections calls back
};

} // namespace carillon
