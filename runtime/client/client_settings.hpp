// What the vendor client of one lane is given; every bound it keeps stands here.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "messages/ports.hpp"
#include "runtime/client/egress_policy.hpp"
#include "runtime/thread.hpp"

namespace carillon {

struct client_settings {
  std::string thread_name = "client";                 ///< at most 12 bytes; SMTP's threads append "-s"
  turn whose = turn::shared;                          ///< whom its threads work for
  std::size_t max_connections = 512;                  ///< open at once, each for trusted and for guarded HTTP calls
  std::size_t max_host_connections = 64;              ///< of those, to one host
  std::chrono::milliseconds connect_timeout{10'000};  ///< name, connect and TLS; never more than the call's timeout
  std::chrono::milliseconds longest_timeout{600'000}; ///< a call's own timeout is cut to this
  egress_policy guard;                                ///< for guarded calls
  std::string proxy;                                  ///< for guarded calls: URL of a proxy that then guards instead
  std::string user_agent = "carillon";
  std::string hello_name; ///< SMTP EHLO; empty: this machine's host name
  std::string ca_file;    ///< PEM file of trusted authorities; empty: the system's
};

/// Bounds of an answer; what is beyond them is dropped, the call does not fail.
namespace answer_bounds {
inline constexpr std::size_t body_bytes = 65'536;
inline constexpr std::size_t discarded_bytes = 1'048'576; ///< read and dropped; then the connection is closed
inline constexpr std::size_t headers = 100;
inline constexpr std::size_t header_bytes = 65'536; ///< names and values together
} // namespace answer_bounds

/// The answer to a call that never began; `why` ends the sentence.
inline wire_answer not_sent(std::string why) {
  return {wire_answer::failure::not_sent, 0, {}, {}, "Nothing was sent: " + std::move(why) + "."};
}

} // namespace carillon
