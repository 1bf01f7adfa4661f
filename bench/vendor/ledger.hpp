// What the mock vendor remembers: how often each webhook-id arrived and when,
// so that duplicates and losses are counted, not estimated.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/common/histogram.hpp"
#include "bench/common/http.hpp"
#include "bench/common/net.hpp"

namespace vendor {

using bench::nanoseconds;
using delivery_id = std::array<std::uint8_t, 16>;

/// The mark a load generator leaves in a request's `data`:
/// `"bench":"b:<CLOCK_MONOTONIC ns>:<idempotency key, 16 hex>"`.
struct mark {
  char traffic = '-'; ///< one letter per kind of traffic
  nanoseconds sent{};
  std::uint64_t key = 0;
};
mark mark_of(std::string_view body);

/// The 16 bytes of a UUID in its usual text form.
std::optional<delivery_id> parse_id(std::string_view text);
std::string text_of(const delivery_id& id);

class ledger {
public:
  /// Counts one call; true at the first with this id.
  bool record(const delivery_id& id, const mark& what, nanoseconds at);
  void count_answer(std::string_view status) { ++answers_[std::string{status}]; }
  void count_bad_id() { ++bad_ids_; }
  /// A call began while `count` of them, itself included, were unanswered.
  void note_under_way(std::size_t count) { most_at_once_ = std::max(most_at_once_, count); }

  /// Counts, the instants of the first and last call (CLOCK_MONOTONIC) and, per
  /// kind of traffic, the time from submit to this socket.
  std::string stats_json() const;
  /// One line a delivery: id, calls, key.
  std::string ids() const;
  /// One line a repeated call: id, instant of the call before, instant of this one (ns).
  std::string repeats() const;

private:
  struct entry {
    std::uint32_t calls = 0;
    std::uint64_t key = 0;
    nanoseconds last{};
  };
  struct repeat {
    delivery_id id;
    nanoseconds before, at;
  };
  struct hash {
    // UUIDv7: the random half comes last.
    std::size_t operator()(const delivery_id& id) const {
      std::size_t tail = 0;
      std::memcpy(&tail, id.data() + 8, sizeof tail);
      return tail;
    }
  };

  std::unordered_map<delivery_id, entry, hash> seen_;
  std::vector<repeat> repeats_;
  std::map<char, bench::histogram> latency_;
  std::map<std::string, std::uint64_t> answers_;
  std::uint64_t calls_ = 0, bad_ids_ = 0;
  std::size_t most_at_once_ = 0;
  nanoseconds first_{}, last_{}; ///< call; CLOCK_MONOTONIC
};

} // namespace vendor
