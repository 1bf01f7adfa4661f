// A protocol is how one kind of vendor is spoken to: a pure function from a
// delivery to the wire and one from the vendor's answer to an outcome. Adding one
// is a file in this folder and a row in `protocols.cpp`; CONTRIBUTING.md shows it.
#pragma once

#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "config/options.hpp"
#include "messages/domain.hpp"
#include "messages/ports.hpp"

namespace carillon {

/// What a protocol may use to build a request.
struct call_context {
  const notification& n;
  const delivery& d;
  const provider_options& provider;
  const category_options& category;
  std::string public_url; ///< of the server, empty if not set
  sys_time now{};
  secret unsubscribe_secret = {}; ///< signs the tokens of unsubscribe links; empty: no links are made
};

/// What the vendor's answer means.
struct answer_meaning {
  carillon::outcome outcome = outcome::accepted;
  std::string code;   ///< the vendor's own code: "202", "550 5.1.1"
  std::string detail; ///< for people; no address, at most 500 bytes
  std::string provider_message_id;
  std::optional<duration> retry_after;
};

/// Who carries the call: the vendor client, the in-app feed or the sandbox.
enum class carrier : std::uint8_t { wire, inbox, sandbox };

struct protocol {
  std::string_view name;
  std::optional<carillon::channel> channel; ///< nullopt: any channel (sandbox)
  carrier by = carrier::wire;
  bool confirms = false;    ///< an accepted call is a delivered message
  bool carries_key = false; ///< the vendor recognises a repeat by our delivery id
  /// Builds the call; a fault means this message can never be sent: `meaning_of_fault` says why.
  result<wire_request> (*make)(const call_context&) = nullptr; ///< null unless carried by wire
  /// Reads the answer. Total: any answer has a meaning.
  answer_meaning (*read)(const wire_answer&, sys_time now) = nullptr;
  std::span<const std::string_view> credential_keys = {}; ///< names that must stand under `credentials`
  bool needs_from = false, needs_base_url = false, needs_signing_secret = false;
};

std::span<const protocol> protocols();
/// Null where there is none of that name.
const protocol* find_protocol(std::string_view name);

/// Failures below the vendor's protocol mean the same everywhere: not_sent and tls
/// are retry, no_answer is ambiguous, refused_address is bad_message.
std::optional<answer_meaning> meaning_of_failure(const wire_answer& answer);

/// A fault of `make`: bad_address where a field error points at `/address`, else bad_message.
answer_meaning meaning_of_fault(const fault& error);

/// Retry-After in seconds or as an HTTP date (RFC 9110, section 10.2.3); 0..7 days,
/// nullopt where there is none or it cannot be read.
std::optional<duration> retry_after_of(const wire_answer& answer, sys_time now);

/// What the sandbox acts out for one call: how long it takes and how it ends;
/// without an answer it hangs until the provider's timeout.
struct sandbox_act {
  duration takes{};
  std::optional<wire_answer> answer;
  bool captured = false; ///< the message counts as taken (ambiguous drops may be)
};
sandbox_act act(const sandbox_script& script, std::mt19937_64& random);

} // namespace carillon
