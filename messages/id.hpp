// Identifiers: UUIDv7 (RFC 9562, section 5.7) whose leading 63 free bits, 48 of
// milliseconds and 15 of counter, are also the row's integer key. A look-up by
// id therefore needs no second index, and rows are stored in acceptance order.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "messages/vocabulary.hpp"

namespace carillon {

/// 63-bit row key: milliseconds << 15 | counter. Ascends in acceptance order.
using row_key = std::int64_t;

struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  bool operator==(const uuid&) const = default;
  auto operator<=>(const uuid&) const = default;
};

/// The canonical 36 characters, lower case.
std::string to_string(const uuid& id);
/// Accepts exactly the canonical form in either case, version 7, RFC variant.
std::optional<uuid> parse_uuid(std::string_view text);
row_key key_of(const uuid& id);
lane lane_of(const uuid& id);
/// The millisecond the id was made in.
sys_time time_of(row_key key);
/// The smallest key of that millisecond.
row_key first_key_at(sys_time at);

/// Makes ids that ascend even when the clock steps back. One per lane; any thread.
class id_generator {
public:
  /// Ids ascend from `after`: the newest key in the store at start. `seed` feeds the random tail.
  id_generator(lane l, row_key after, std::uint64_t seed);

  /// Reserves `count` consecutive keys (1..1024): a notification and its deliveries.
  /// Returns the first key of the block.
  row_key reserve(sys_time now, std::uint32_t count);

  /// The id with that key and a fresh random tail.
  uuid make(row_key key);

private:
  std::mutex mutex_;
  lane lane_;
  row_key last_;
  std::mt19937_64 random_;
};

} // namespace carillon
