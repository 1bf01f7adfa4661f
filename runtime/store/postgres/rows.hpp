// Rows of a lane's tables as domain values, and back; and the sets in which they are written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/store/by_hand.hpp"
#include "runtime/store/postgres/session.hpp"

namespace carillon {

/// One argument of a statement each: pqxx sends a vector as an array. None holds a null: the room that
/// pqxx 7.10 takes for those in an array is too small.
template <class T>
using column = std::vector<T>;

/// Deliveries as arrays, for one statement over all of them.
class delivery_columns {
public:
  void add(const delivery& d, const row_guard& expected = {});
  bool empty() const { return key_.empty(); }
  /// Keeps them; all are new.
  void insert(session& in) const;
  /// Writes those that stand as expected; answers their keys.
  std::vector<row_key> update(session& in) const;

private:
  pqxx::params arguments() const;

  column<bool> ended_;
  column<std::int64_t> key_;
  column<std::string> id_;
  column<std::int64_t> notification_;
  column<int> status_;
  column<std::string> tenant_, mode_, queue_, home_queue_;
  column<int> priority_;
  column<std::int64_t> due_;
  column<int> channel_, engagement_;
  column<std::int64_t> expires_at_; ///< 0: never
  column<int> attempt_count_, attempts_before_;
  column<std::int64_t> last_attempt_at_, changed_at_;
  column<int> provider_failures_;
  column<std::int64_t> place_;
  column<bool> standby_;
  column<std::string> address_, rule_, reason_, attempts_, history_;
  column<int> expected_status_, expected_attempts_;
  column<bool> expected_erased_;
};

/// Keeps notifications; all are new.
void insert_notifications(session& in, const std::vector<const acceptance*>& all);

/// What has ended and is not waiting for a person lies in the partitions of its day.
bool is_ended(delivery_status status);

/// The rows of these keys that exist, in the keys' order.
std::vector<pulled> load_all(session& in, const std::vector<row_key>& keys);

/// A lane's rows in the session's open transaction.
class postgres_table final : public delivery_table {
public:
  explicit postgres_table(session& in) : in_(in) {}
  notification_ptr find(const space& where, const uuid& id) override;
  notification_ptr load_notification(row_key key) override;
  std::vector<delivery> deliveries_of(const notification& n) override;
  std::optional<pulled> load(row_key key) override;
  bool write(const delivery& d, const row_guard& expected) override;
  void engage(row_key key, engagement to) override;
  bool has_standbys(row_key notification) override;

private:
  session& in_;
};

} // namespace carillon
