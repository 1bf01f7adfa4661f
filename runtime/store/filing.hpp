// How a delivery's row stands in the indexes: the numbers that every store files it under.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "messages/domain.hpp"

namespace carillon {

/// The index's instant of a row that waits for something else than a time.
inline constexpr std::int64_t due_never = std::numeric_limits<std::int64_t>::max();

/// As a number: since 1970.
constexpr std::int64_t micros(sys_time at) {
  return at.time_since_epoch().count();
}

/// An instant as it is filed; none: 0, ready at once.
std::int64_t due_column(const std::optional<sys_time>& due);
/// What the row is due at: its due time while it waits, its expiry while it is held.
std::int64_t due_of(const delivery& d);
/// The due time again, of a row in `status`.
std::optional<sys_time> due_from(std::int64_t column, delivery_status status);

/// Tells a delivery what stands in its notification's row alone.
void adopt(delivery& d, const notification& n);

sys_time changed_at(const delivery& d);
sys_time last_attempt_at(const delivery& d);
std::int64_t place_of(const delivery& d);

} // namespace carillon
