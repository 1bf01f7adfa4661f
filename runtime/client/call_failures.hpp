// What became of a call, from how far it came. The at-least-once promise hangs on
// these two functions: `not_sent` only where no vendor can have taken the message,
// `no_answer` wherever one may have. Pure.
#pragma once

#include <curl/curl.h>
#include <string>
#include <string_view>

#include "messages/ports.hpp"

namespace carillon {

/// How far an HTTP call came.
struct http_progress {
  bool offered = false;          ///< a connection stood ready and libcurl began to write the request
  bool answered = false;         ///< a final status line and all headers arrived
  bool opened = false;           ///< a socket to a permitted address was opened
  std::string_view refused = {}; ///< the range that forbade an address
};
wire_answer::failure http_failure(CURLcode code, const http_progress& at);

/// How far an SMTP call came.
struct smtp_progress {
  bool offered = false;    ///< the session stood: connected, TLS and AUTH done
  bool body_given = false; ///< every byte of the message was handed out, the final dot may be on its way
  int last_reply = 0;      ///< code of the newest complete reply, 0 without one
};
wire_answer::failure smtp_failure(CURLcode code, const smtp_progress& at);

/// A sentence for people: the stage, libcurl's reason, no addresses.
std::string describe(wire_answer::failure why, CURLcode code, std::string_view refused = {});

} // namespace carillon
