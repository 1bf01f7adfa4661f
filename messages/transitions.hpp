// The one table of delivery states: which moves are legal, which states end a
// delivery, and what each is called to readers, on Kafka and by older callers.
// The store guards its updates with it; the documentation is tested against it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "messages/domain.hpp"

namespace carillon {

struct status_row {
  delivery_status status;
  bool unfinished;               ///< the engine still has work with it
  bool terminal;                 ///< nothing moves it any more, redrive apart
  std::string_view notification; ///< word in a notification's status
  std::string_view kafka;        ///< word on the status topic
  std::string_view older;        ///< word for older callers
  std::vector<delivery_status> next;
};

std::span<const status_row> status_table();
const status_row& row_of(delivery_status status);
bool may_move(delivery_status from, delivery_status to);
inline bool is_unfinished(delivery_status s) {
  return row_of(s).unfinished;
}

/// What readers see: `queued` after an attempt is `retrying`.
std::string_view shown_status(const delivery& d);

/// One word for the whole notification. While any delivery is unfinished: the
/// furthest of those (sending before queued before retrying before held before
/// scheduled). Once all ended: the best that was reached, read, delivered, sent;
/// else failed, then expired, cancelled, suppressed. No deliveries: accepted.
std::string_view notification_status(std::span<const delivery> deliveries);

} // namespace carillon
