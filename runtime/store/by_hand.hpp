// Changes that look at a whole notification before they write: what a person does
// (cancel, resolve, engagement, redrive) and what an outcome does to the siblings of
// routing = first. The rules stand here once; each store brings its rows.
#pragma once

#include <optional>
#include <vector>

#include "messages/ports.hpp"

namespace carillon {

/// How a row must stand for a write to apply.
struct row_guard {
  delivery_status status = delivery_status::queued;
  std::size_t attempts = 0;
  bool erased = false;
};

/// Blanks what tells of a person: address, vendors' details, reasons. Rules stay.
void scrub(delivery& d);
/// Why an acceptance's deliveries cannot be kept as they are: siblings are found as a
/// range of keys, so they must lie in one.
std::optional<fault> misplaced(const acceptance& what);
/// What is told to a request whose person was erased while it was on its way.
fault erased_meanwhile();
fault no_such_notification();

/// A lane's rows inside the transaction that changes them. On the writer's thread;
/// throws what the store throws.
class delivery_table {
public:
  virtual ~delivery_table() = default;
  virtual notification_ptr find(const space& where, const uuid& id) = 0; ///< null where there is none
  virtual notification_ptr load_notification(row_key key) = 0;           ///< null where there is none
  /// All of `n`'s, in order.
  virtual std::vector<delivery> deliveries_of(const notification& n) = 0;
  virtual std::optional<pulled> load(row_key key) = 0;
  /// Writes the whole row where it stands as `expected`; answers whether it did.
  virtual bool write(const delivery& d, const row_guard& expected) = 0;
  /// Raises it; never lowers.
  virtual void engage(row_key key, engagement to) = 0;
  virtual bool has_standbys(row_key notification) = 0;
};

result<notification_view> cancel(delivery_table& in, const space& where, const uuid& id, sys_time now);
result<delivery> resolve(delivery_table& in, const space& where, const uuid& id, const uuid& delivery_id,
                         delivery_status to, const decision& why, sys_time now);
status_result engage(delivery_table& in, const space& where, const uuid& id, const std::optional<uuid>& delivery_id,
                     engagement what);
std::vector<delivery> redrive(delivery_table& in, const std::vector<row_key>& keys, const decision& why, sys_time now);

/// Wakes the next channel where no delivery before it can reach the person any more; answers what it woke.
std::vector<delivery> release_next(delivery_table& in, row_key notification, sys_time at);
void cancel_standbys(delivery_table& in, row_key notification, sys_time at);

/// What an update does beside its row, once that is written: the siblings, at the instant of its last change.
std::vector<delivery> follow_up_siblings(delivery_table& in, const delivery_update& what, sys_time now);
/// The fault of an update that is no legal move.
std::optional<fault> illegal(const delivery_update& what);

} // namespace carillon
