// The durable state of one lane as plain data, and what every call of lane_store
// does to it: one function a call, whole and at once. When a call reaches the
// "disk", and whether its answer comes back, is the business of whoever calls.
// The contract suite of the stores holds it to the same behaviour as SQLite.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "messages/ports.hpp"

namespace carillon::sim {

/// A delivery's row before and after one write; `before` is null where it is new.
struct row_change {
  const notification& n;
  const delivery* before = nullptr;
  const delivery& after;
};

class lane_model {
public:
  lane_model(lane l, const wall_clock& clock, duration idempotency_ttl, duration retention)
      : lane_(l), clock_(clock), claim_period_(idempotency_ttl / claim_periods), retention_(retention) {}

  /// Idempotency keys hold across both lanes.
  void look_also_in(const lane_model& other) { other_ = &other; }
  /// Told of every row as it is written.
  void on_write(std::function<void(const row_change&)> watcher) { watcher_ = std::move(watcher); }

  // --- writes
  result<receipt> accept(const acceptance& what);
  result<std::optional<receipt>> recall(const space& where, const idempotency_claim& what) const;
  std::vector<row_key> start(const std::vector<attempt_start>& what);
  result<update_result> update(const delivery_update& what);
  result<notification_view> cancel(const space& where, const uuid& id, sys_time now);
  result<delivery> resolve(const space& where, const uuid& id, const uuid& delivery_id, delivery_status to,
                           const decision& why, sys_time now);
  status_result engage(const space& where, const uuid& id, const std::optional<uuid>& delivery_id, engagement what);
  std::vector<delivery> redrive(const std::vector<row_key>& keys, const decision& why, sys_time now);
  void erase(const space& where, const std::string& user_id);
  /// Removes finished notifications past the retention.
  void tidy_up();

  // --- reads
  pull_result pull(const pull_request& what) const;
  std::vector<pulled> in_flight(const std::string& provider, row_key after, std::size_t limit) const;
  std::vector<queue_state> queues() const;
  std::vector<due_entry> due_between(sys_time from, sys_time until, std::size_t limit) const;
  std::vector<delivery> recent_attempts(sys_time since, sys_time now) const;
  std::vector<pulled> expired_held(sys_time now, std::size_t limit) const;
  result<notification_view> find(const space& where, const uuid& id) const;
  notification_page list(const notification_filter& what) const;
  dead_letter_page dead_letters(const dead_letter_filter& what) const;
  backlog_view backlog() const;
  row_key newest_key() const;

  // --- for whoever checks promises
  const std::map<row_key, delivery>& deliveries() const { return rows_; }
  /// Null where there is none.
  const delivery* row(row_key key) const;
  notification_ptr notification_of(const delivery& d) const { return notifications_.at(d.notification_key); }
  /// Keys of rows that are unfinished.
  const std::set<row_key>& unfinished() const { return unfinished_; }

private:
  static constexpr int claim_periods = 4; ///< a key lives for so many whole periods after its own

  struct stored_claim {
    std::array<std::uint8_t, 32> digest{};
    uuid id;
    std::int64_t period = 0;
  };
  struct row_guard {
    delivery_status status;
    std::size_t attempts = 0;
  };

  const stored_claim* live_claim(const std::string& name, std::int64_t period) const;
  std::int64_t period_now() const;
  notification_ptr known(const space& where, const uuid& id) const;
  std::vector<delivery> deliveries_of(const notification& n) const;
  pulled loaded(row_key key) const { return {notification_of(rows_.at(key)), rows_.at(key)}; }
  bool write(const delivery& d, const row_guard& expected);
  void put(const delivery& d);
  bool is_of_erased(const notification& n) const;
  bool is_erased(const delivery& d) const { return notification_of(d)->erased; }
  std::vector<delivery> release_next(row_key notification_key, sys_time at);
  void cancel_standbys(row_key notification_key, sys_time at);

  lane lane_;
  const wall_clock& clock_;
  duration claim_period_;
  duration retention_;
  const lane_model* other_ = nullptr;
  std::function<void(const row_change&)> watcher_;
  std::map<row_key, notification_ptr> notifications_;
  std::map<row_key, delivery> rows_;
  std::set<row_key> unfinished_;
  std::map<std::string, stored_claim> claims_; ///< by space and key
  std::map<std::pair<space, std::string>, sys_time> just_erased_;
  std::int64_t newest_period_ = 0;
};

} // namespace carillon::sim
