#include "runtime/client/call_failures.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace carillon {
namespace {

constexpr std::array tls_codes{
  CURLE_SSL_CONNECT_ERROR,
  CURLE_PEER_FAILED_VERIFICATION,
  CURLE_USE_SSL_FAILED,
  CURLE_SSL_CERTPROBLEM,
  CURLE_SSL_CIPHER,
  CURLE_SSL_CACERT_BADFILE,
  CURLE_SSL_ISSUER_ERROR,
  CURLE_SSL_CRL_BADFILE,
  CURLE_SSL_ENGINE_INITFAILED,
  CURLE_SSL_PINNEDPUBKEYNOTMATCH,
};

// Codes that say the way failed. All others, beside a reply of 400 and up, say
// that the server's reply was what ended the dialog.
constexpr std::array transport_codes{
  CURLE_OPERATION_TIMEDOUT, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_ABORTED_BY_CALLBACK, CURLE_PARTIAL_FILE,
};

bool is_one_of(std::span<const CURLcode> codes, CURLcode code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

} // namespace

wire_answer::failure http_failure(CURLcode code, const http_progress& at) {
  using enum wire_answer::failure;
  if (at.answered)
    return none;
  if (at.offered)
    return no_answer;
  // Refused only where no other address of that name was left to try.
  if (!at.refused.empty() && !at.opened)
    return refused_address;
  return is_one_of(tls_codes, code) ? tls : not_sent;
}

wire_answer::failure smtp_failure(CURLcode code, const smtp_progress& at) {
  using enum wire_answer::failure;
  if (code == CURLE_OK)
    return none;
  if (!at.offered && is_one_of(tls_codes, code))
    return tls;
  if (at.last_reply >= 400 && !is_one_of(transport_codes, code))
    return none;
  // A message without its final dot was not taken (RFC 5321, section 4.1.1.4).
  return at.body_given ? no_answer : not_sent;
}

std::string describe(wire_answer::failure why, CURLcode code, std::string_view refused) {
  std::string reason = curl_easy_strerror(code);
  switch (why) {
  case wire_answer::failure::none: return {};
  case wire_answer::failure::not_sent: return "Nothing was sent: " + reason + ".";
  case wire_answer::failure::no_answer: return "The message went out and no answer came: " + reason + ".";
  case wire_answer::failure::tls: return "No secure connection, nothing was sent: " + reason + ".";
  case wire_answer::failure::refused_address:
    return "The address is in the range " + std::string{refused}
           + ", which calls to given URLs may not reach; [egress] allow can permit it.";
  }
  return reason;
}

} // namespace carillon
