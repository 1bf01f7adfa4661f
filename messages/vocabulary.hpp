// The words of carillon, one enum each. Every enum has `to_string` (the word as
// it stands in JSON, TOML, metrics and the store) and a `parse_...` that knows
// exactly those words. Numbers are stored on disk: append, never reorder.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace carillon {

/// Instants are wall-clock microseconds since 1970-01-01T00:00:00Z.
using sys_time = std::chrono::sys_time<std::chrono::microseconds>;
using duration = std::chrono::microseconds;

/// The isolated half of the engine that serves a notification.
enum class lane : std::uint8_t { critical, bulk };
inline constexpr std::array all_lanes{lane::critical, lane::bulk};

/// `critical` and `high` travel in lane::critical, the others in lane::bulk.
enum class priority : std::uint8_t { critical, high, medium, low };

/// Live data reaches people; test data has its own space and only the sandbox.
enum class mode : std::uint8_t { live, test };

enum class channel : std::uint8_t { email, sms, push, whatsapp, chat, webhook, in_app };
inline constexpr std::array all_channels{channel::email, channel::sms,     channel::push,  channel::whatsapp,
                                         channel::chat,  channel::webhook, channel::in_app};

/// Where a delivery stands. `transitions.hpp` holds the legal moves.
enum class delivery_status : std::uint8_t {
  scheduled,     ///< waits for a time: send_at, quiet hours, a limit, a sibling
  queued,        ///< ready for a provider slot, or waits for a retry's due time
  sending,       ///< an attempt is recorded and may be on the wire
  held,          ///< ambiguous outcome; waits for a receipt, a person or expiry
  sent,          ///< the provider took it
  delivered,     ///< a receipt, or the protocol itself, says it arrived
  suppressed,    ///< a rule or the person's choice forbids it
  expired,       ///< too late to be useful
  cancelled,     ///< the sender took it back
  failed,        ///< this message or address cannot be delivered
  bounced,       ///< taken by the provider, then returned
  dead_lettered, ///< attempts are used up; a person may redrive it
};
inline constexpr std::size_t delivery_status_count = 12;

/// What an attempt came to; every provider's answers map onto this.
enum class outcome : std::uint8_t {
  accepted,        ///< the provider took it
  retry,           ///< transient: try again after backoff
  throttled,       ///< the provider asks for less: pause, honour Retry-After
  bad_address,     ///< the address is dead: suppress it
  bad_message,     ///< this message will never be taken: fail it
  bad_credentials, ///< our account is refused: open the breaker, alert
  ambiguous,       ///< bytes went out and no answer came back
};
inline constexpr std::size_t outcome_count = 7;

/// What a person did with it; a second axis beside delivery_status.
enum class engagement : std::uint8_t { none, seen, read, clicked, archived };

/// What to do with a call that may or may not have been taken.
enum class ambiguity_policy : std::uint8_t { retry, hold };

/// What happens to a delivery that is over a limit.
enum class over_limit : std::uint8_t { delay, drop, digest, reject };

enum class breaker_state : std::uint8_t { closed, open, half_open };
/// `automatic` lets the breaker decide; the others are a person's order.
enum class breaker_order : std::uint8_t { automatic, open, closed };

enum class routing : std::uint8_t { all, first };

enum class scope : std::uint8_t { send, read, manage, admin };

enum class suppression_cause : std::uint8_t { hard_bounce, complaint, unsubscribe, dead_token, manual };

std::string_view to_string(lane value);
std::string_view to_string(priority value);
std::string_view to_string(mode value);
std::string_view to_string(channel value);
std::string_view to_string(delivery_status value);
std::string_view to_string(outcome value);
std::string_view to_string(engagement value);
std::string_view to_string(ambiguity_policy value);
std::string_view to_string(over_limit value);
std::string_view to_string(breaker_state value);
std::string_view to_string(breaker_order value);
std::string_view to_string(routing value);
std::string_view to_string(scope value);
std::string_view to_string(suppression_cause value);

std::optional<lane> parse_lane(std::string_view word);
std::optional<priority> parse_priority(std::string_view word);
std::optional<mode> parse_mode(std::string_view word);
std::optional<channel> parse_channel(std::string_view word);
std::optional<delivery_status> parse_delivery_status(std::string_view word);
std::optional<outcome> parse_outcome(std::string_view word);
std::optional<engagement> parse_engagement(std::string_view word);
std::optional<ambiguity_policy> parse_ambiguity_policy(std::string_view word);
std::optional<over_limit> parse_over_limit(std::string_view word);
std::optional<breaker_order> parse_breaker_order(std::string_view word);
std::optional<routing> parse_routing(std::string_view word);
std::optional<scope> parse_scope(std::string_view word);
std::optional<suppression_cause> parse_suppression_cause(std::string_view word);

constexpr lane lane_of(priority p) {
  return p <= priority::high ? lane::critical : lane::bulk;
}

} // namespace carillon
