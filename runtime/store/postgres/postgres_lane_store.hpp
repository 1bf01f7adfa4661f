// lane_store over the tables of one lane in PostgreSQL: sends each call to the thread it belongs to.
#pragma once

#include <atomic>
#include <memory>

#include "messages/ports.hpp"
#include "runtime/store/postgres/lane_calls.hpp"
#include "runtime/store/postgres/worker.hpp"

namespace carillon {

struct postgres_lane_config {
  database where; ///< schema and name are the lane's
  turn whose = turn::shared;
  duration retention = std::chrono::days{30};
  duration idempotency_ttl = std::chrono::hours{24};
};

class postgres_lane_store final : public lane_store {
public:
  /// The tables are migrated. Connects before it returns; throws pqxx's exceptions.
  postgres_lane_store(postgres_lane_config config, const wall_clock& clock, store_observer& watch);

  void accept(acceptance what, done<receipt> then) override;
  void recall(space where, idempotency_claim what, done<std::optional<receipt>> then) override;
  void start(std::vector<attempt_start> what, done<std::vector<row_key>> then) override;
  void update(delivery_update what, done<update_result> then) override;
  void cancel(space where, uuid id, sys_time now, done<notification_view> then) override;
  void resolve(space where, uuid id, uuid delivery_id, delivery_status to, decision why, sys_time now,
               done<delivery> then) override;
  void engage(space where, uuid id, std::optional<uuid> delivery_id, engagement what, sys_time now,
              done<ok_t> then) override;
  void redrive(std::vector<row_key> keys, decision why, sys_time now, done<std::vector<delivery>> then) override;
  void erase(space where, std::string user_id, done<ok_t> then) override;
  void barrier(done<ok_t> then) override;

  void pull(pull_request what, done<pull_result> then) override;
  void in_flight(std::string provider, row_key after, std::size_t limit, done<std::vector<pulled>> then) override;
  void queues(done<std::vector<queue_state>> then) override;
  void due_between(sys_time from, sys_time until, std::size_t limit, done<std::vector<due_entry>> then) override;
  void recent_attempts(sys_time since, sys_time now, done<limit_history> then) override;
  void expired_held(sys_time now, std::size_t limit, done<std::vector<pulled>> then) override;

  void find(space where, uuid id, done<notification_view> then) override;
  void list(notification_filter what, done<notification_page> then) override;
  void dead_letters(dead_letter_filter what, done<dead_letter_page> then) override;
  void backlog(done<backlog_view> then) override;

  row_key newest_key() const override { return newest_key_; }

  /// Does all the upkeep there is; for tests and tools.
  void catch_up(done<ok_t> then);
  std::optional<fault> trouble() const { return writer_.trouble(); }
  const std::string& name() const { return config_.where.name; }

private:
  /// A change by hand, in the transaction of its batch.
  template <class T, class Work>
  void submit(done<T> then, Work work);
  row_key retained() const;
  void upkeep();
  /// True: rows of that person are left. In the open transaction.
  bool erase_some(const space& where, const std::string& user_id);
  void erase_on(space where, std::string user_id, done<ok_t> then);
  bool was_set_back(sys_time now);

  postgres_lane_config config_;
  const wall_clock& clock_;
  row_key newest_key_ = 0;
  std::atomic<std::int64_t> latest_seen_{0}; ///< latest instant that anything here was decided at
  std::chrono::sys_days made_until_{};       ///< days' partitions
  postgres_writer writer_;
  postgres_reader engine_reads_;
  postgres_reader door_reads_;
};

} // namespace carillon
