// What one endpoint of a person may take of a provider that everybody shares: how
// many of its slots at once, and whether it is left alone for a while. An endpoint
// has to earn more than its share: each quick answer allows one call more, and a
// failure, a slow answer or a call that stays out takes all of that back. So one
// that hangs holds its share, while a healthy one alone may use every slot.
//
// One that fails `failures` calls in a row is paused, each time twice as long, and
// probed by a single call after every pause. Pure; instants come from the caller
// and may be from any monotonic source.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "messages/vocabulary.hpp"

namespace carillon {

/// `scheme://host:port` of an http(s) URL, in lower case and with the port written
/// out; the text itself where it is no such URL.
std::string endpoint_of(std::string_view url);

struct endpoint_rules {
  std::size_t slots = 64;                            ///< of the provider
  std::size_t share = 8;                             ///< calls at once that need not be earned, 1..slots
  std::size_t failures = 10;                         ///< in a row, before it is paused
  duration longest_pause = std::chrono::seconds{30}; ///< the first one is `first_pause`
  std::size_t remembered = 10'000;                   ///< endpoints without a call on the wire; the rest is forgotten
  duration first_pause = std::chrono::seconds{1};
  duration slow = std::chrono::seconds{1};              ///< a call that takes longer earns nothing
  duration remember_for = std::chrono::seconds{60};     ///< after the last call
  duration shortest_gap = std::chrono::milliseconds{1}; ///< between two turns of waiting calls
  duration longest_gap = std::chrono::seconds{1};
  duration longest_wait = std::chrono::seconds{60}; ///< no turn is later, a pause apart
};

class endpoint_share {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// Why a call may not start: the endpoint has as many as it may have, asked for a
  /// pause, or fails.
  enum class obstacle : std::uint8_t { busy, paused, failing };
  struct refusal {
    obstacle why = obstacle::busy;
    instant turn{}; ///< try again then; later for each call that is refused
  };
  /// How one call counts: the endpoint answered (whatever it said), failed, or was not reached for a
  /// reason that is not its own.
  enum class ending : std::uint8_t { answered, failed, ignored };

  explicit endpoint_share(endpoint_rules rules) : rules_(rules) {}

  /// Nothing: a call to it may start now. Does not start it.
  std::optional<refusal> refuse(const std::string& endpoint, instant now);
  void begin(const std::string& endpoint, instant now);
  /// The call that began at `began` ended.
  void end(const std::string& endpoint, ending what, instant began, instant now);
  /// It asked not to be called before `until`.
  void pause(const std::string& endpoint, instant until, instant now);

  /// Endpoints in memory: those with a call on the wire (at most the slots) and
  /// at most `remembered` others.
  std::size_t size() const { return entries_.size(); }

private:
  struct entry {
    std::multiset<instant> on_wire; ///< when they began
    std::size_t earned = 0;         ///< calls at once beyond the share
    std::size_t failures = 0;       ///< in a row
    unsigned pauses = 0;            ///< in a row for failing; 0: it does not fail
    instant paused_at{}, paused_until{};
    duration typical{}; ///< time of a call, smoothed
    instant last_turn{};
    std::optional<instant> forget_at; ///< set while no call is on the wire
  };
  using table = std::unordered_map<std::string, entry>;

  entry& at(const std::string& endpoint, instant now);
  void rest(const std::string& endpoint, entry& e, instant now);
  void rouse(const std::string& endpoint, entry& e);
  void forget_old(instant now);
  std::size_t allowance(const entry& e, instant now) const;
  instant next_turn(entry& e, instant now) const;
  void fail(entry& e, instant began, instant now) const;

  endpoint_rules rules_;
  table entries_;
  std::set<std::pair<instant, std::string>> resting_; ///< those without a call, the first to be forgotten first
};

} // namespace carillon
