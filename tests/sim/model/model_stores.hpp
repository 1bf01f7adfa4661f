// The store's ports over models: each call goes into a line, and what it does
// stands in the model. One writing line a file, and reading lines apart, as SQLite has them.
#pragma once

#include "tests/sim/model/call_line.hpp"
#include "tests/sim/model/control_model.hpp"
#include "tests/sim/model/inbox_model.hpp"
#include "tests/sim/model/lane_model.hpp"

namespace carillon::sim {

/// The lines of one file; they outlive the port.
struct file_lines {
  call_line& writes;
  call_line& engine_reads;
  call_line& door_reads;
};

class model_lane_store : public lane_store {
public:
  /// Told of every attempt whose start is asked for, before that is durable.
  using start_watcher = std::function<void(const notification&, const delivery&)>;

  model_lane_store(lane_model& model, file_lines lines, start_watcher watch_starts = {})
      : model_(model), lines_(lines), watch_starts_(std::move(watch_starts)), newest_key_(model.newest_key()) {}

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

private:
  lane_model& model_;
  file_lines lines_;
  start_watcher watch_starts_;
  row_key newest_key_; ///< as it was when the port was opened
};

class model_control_store final : public control_store {
public:
  using addresses = std::vector<std::pair<channel, std::string>>;
  using orders = std::vector<std::pair<std::string, breaker_order>>;
  using owners = std::vector<std::pair<space, std::string>>;

  model_control_store(control_model& model, file_lines lines) : model_(model), lines_(lines) {}

  void find_person(lane asks, space where, std::string user_id, addresses extra, done<person> then) override;
  void get_user(space where, std::string id, done<user_ptr> then) override;
  void put_user(user what, user_part part, version_bond if_match, done<user_ptr> then) override;
  void erase_user(space where, std::string id, sys_time now, done<ok_t> then) override;
  void unfinished_erasures(done<owners> then) override;
  void finish_erasure(space where, std::string id, done<ok_t> then) override;
  void add_suppression(suppression what, done<suppression> then) override;
  void remove_suppression(space where, std::string id, done<suppression> then) override;
  void list_suppressions(space where, std::optional<channel> on, std::string after, std::size_t limit,
                         done<std::vector<suppression>> then) override;
  void suppressions_of(space where, addresses whom, done<std::vector<suppression>> then) override;
  void add_key(api_key what, done<api_key> then) override;
  void revoke_key(std::string tenant, std::string id, done<ok_t> then) override;
  void list_keys(std::string tenant, done<std::vector<api_key>> then) override;
  void get_setting(std::string feature, done<versioned_json> then) override;
  void put_setting(std::string feature, std::string config, bool enabled, version_bond if_match,
                   done<versioned_json> then) override;
  void breaker_orders(done<orders> then) override;
  void put_breaker_order(std::string provider, breaker_order order, std::string reason, done<ok_t> then) override;

private:
  control_model& model_;
  file_lines lines_;
};

class model_inbox_store final : public inbox_store {
public:
  model_inbox_store(inbox_model& model, file_lines lines) : model_(model), lines_(lines) {}

  void add(inbox_item what, done<ok_t> then) override;
  void list(space where, std::string user_id, std::string state, std::optional<uuid> before, std::size_t limit,
            done<std::vector<inbox_item>> then) override;
  void counts(space where, std::string user_id, done<inbox_counts> then) override;
  void mark(space where, std::string user_id, uuid delivery_id, std::string state, done<inbox_item> then) override;
  void read_all(space where, std::string user_id, done<std::vector<inbox_item>> then) override;
  void erase(space where, std::string user_id, done<ok_t> then) override;

private:
  inbox_model& model_;
  file_lines lines_;
};

} // namespace carillon::sim
