// The vendor client of one lane on libcurl: HTTP on one epoll loop, SMTP on
// threads of its own.
#pragma once

#include "messages/ports.hpp"
#include "runtime/client/client_settings.hpp"
#include "runtime/client/http_loop.hpp"
#include "runtime/client/smtp_pool.hpp"

namespace carillon {

class curl_client final : public vendor_client {
public:
  /// Starts the loop. Throws std::runtime_error where libcurl was built without
  /// what carillon needs, std::system_error where the system has no descriptors left.
  explicit curl_client(client_settings settings);
  /// Ends the calls in flight as no_answer or not_sent, by how far they came, and
  /// answers each before it returns.
  ~curl_client() override;

  /// Any thread, not after the destructor began. Redirects are not followed.
  void call(wire_request what, std::function<void(wire_answer)> then) override;

private:
  client_settings settings_; // before what refers to it
  smtp_pool smtp_;
  http_loop http_;
};

} // namespace carillon
