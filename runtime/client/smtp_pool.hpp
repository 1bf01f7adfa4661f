// The threads that carry SMTP calls. They are not on the HTTP loop because
// libcurl waits for the reply to the final dot, and to QUIT, inside the call
// (smtp_done, smtp_disconnect): one slow mail server would stop every call of the
// lane. Each server has its own threads, so that it can only delay itself.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "messages/ports.hpp"
#include "runtime/client/client_settings.hpp"

namespace carillon {

class smtp_pool {
public:
  explicit smtp_pool(const client_settings& settings);
  /// Ends the calls in flight, answers each, joins the threads.
  ~smtp_pool();
  smtp_pool(const smtp_pool&) = delete;
  smtp_pool& operator=(const smtp_pool&) = delete;

  /// Any thread. `then` runs once, on a thread of the pool. The timeout counts
  /// from here; a call that waited longer for a thread ends as not sent. What
  /// waits is bounded by the engine's slots.
  void submit(wire_request request, std::function<void(wire_answer)> then);

private:
  class server;
  const client_settings& settings_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<server>> servers_; ///< by URL and user, which the configuration bounds
};

} // namespace carillon
