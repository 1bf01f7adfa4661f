// lane_store over one SQLite file: sends each call to the thread it belongs to.
#pragma once

#include <memory>
#include <string>

#include "messages/ports.hpp"
#include "runtime/store/folder.hpp"
#include "runtime/store/lane/lane_file.hpp"
#include "runtime/store/lane/lane_reads.hpp"
#include "runtime/store/sqlite/reader.hpp"
#include "runtime/store/sqlite/writer.hpp"

namespace carillon {

class sqlite_lane_store final : public lane_store {
public:
  /// `file` is migrated. Opens it on the calling thread; throws sqlite_error.
  sqlite_lane_store(std::shared_ptr<store_folder> folder, store_file file, claim_book claims, upkeep_config upkeep,
                    const wall_clock& clock, store_observer& watch);

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

  /// Answers once background work has nothing left to do; for tests and tools.
  void catch_up(done<ok_t> then);
  /// Runs `work` on the writer's thread inside a transaction; for tests.
  template <class Work>
  void on_writer(Work work, done<ok_t> then) {
    writer_.submit<ok_t>(std::move(then), [this, work = std::move(work)]() -> status_result {
      work(file_.open());
      return ok;
    });
  }
  std::optional<fault> trouble() const { return writer_.trouble(); }
  const std::string& name() const { return writer_.file().name; }

private:
  std::shared_ptr<store_folder> folder_;
  const wall_clock& clock_;
  lane_file file_; // before the writer: it outlives the thread that uses it
  row_key newest_key_;
  writer writer_;
  reader<lane_tables> engine_reads_;
  reader<lane_tables> door_reads_;
};

} // namespace carillon
