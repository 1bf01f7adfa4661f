// What a lane's file needs besides calls: the index by user, retention, expired
// idempotency keys, erasing people. In bounded steps between batches
// (step_budget.hpp), in transactions that are not synced: losing a step with power
// only means doing it again, and no call waits for its disk.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/store/lane/claims.hpp"
#include "runtime/store/lane/lane_rows.hpp"
#include "runtime/store/sqlite/wal_emptier.hpp"

namespace carillon {

struct upkeep_config {
  duration retention = std::chrono::days{30};
  step_limits step;
};

/// Hash of (space, user) in the index by user. 64 bits: readers compare the user itself.
std::int64_t user_hash(std::int64_t space_id, std::string_view user_id);
/// The hour a key was made in: the index's leading column, so that its inserts
/// stay close together although users are random.
std::int64_t bucket_of(row_key key);

/// On the writer's thread.
class lane_upkeep {
public:
  lane_upkeep(upkeep_config config, const wall_clock& clock) : config_(config), clock_(clock) {}
  lane_upkeep(const lane_upkeep&) = delete;
  /// What waits is answered with shutting_down.
  ~lane_upkeep();

  /// Reads what it remembers from the file.
  void load(lane_tables& in);
  /// A notification was inserted in the current transaction.
  void added(lane_tables& in, const notification& n);
  /// Erases a person from every row there is now; answers once that is durable.
  void erase(space where, std::string user_id, done<ok_t> then);
  /// It was decided before its person was erased, a moment ago.
  bool is_of_erased(const notification& n);
  /// Answers once nothing is left to do and the WAL holds nothing of an erased person.
  void catch_up(done<ok_t> then);

  /// One step; answers when it wants the next.
  std::optional<steady_time> step(lane_tables& in, claim_book& claims, wal_keeper& wal);

private:
  struct erasure {
    carillon::space space;
    std::string user_id;
    row_key until = 0; ///< rows up to here
    std::optional<std::int64_t> bucket;
    row_key after = 0;    ///< within the bucket
    bool blanked = false; ///< all of them, once the step is committed
    done<ok_t> then;
  };

  struct farewell {
    carillon::space space;
    std::string user_id;
    sys_time at{};
  };

  /// Kinds of work that take turns, so that none waits for another to end.
  enum class chore : std::uint8_t { index, erase, sweep, merge, retention };
  static constexpr int chores = 5;

  bool work(lane_tables& in, claim_book& claims, step_budget& budget);
  /// True: it has more to do.
  bool work_on(chore what, lane_tables& in, claim_book& claims, step_budget& budget);
  bool index_users(lane_tables& in, step_budget& budget);
  bool remove_old(lane_tables& in, step_budget& budget);
  bool remove_one(lane_tables& in, row_key key, std::int64_t deliveries);
  bool erase_some(lane_tables& in, step_budget& budget);
  bool erase_rows(lane_tables& in, erasure& who, step_budget& budget);
  bool erase_bucket(lane_tables& in, erasure& who, std::int64_t user, step_budget& budget);
  bool next_bucket(lane_tables& in, erasure& who);
  std::size_t erase_row(lane_tables& in, const erasure& who, row_key key);
  void finish_erasure(lane_tables& in);
  void forget_farewells();
  void answer_waiting();
  /// So that a clock which is set back is noticed, over a restart too.
  void note_clock(lane_tables& in);

  upkeep_config config_;
  const wall_clock& clock_;
  row_key indexed_ = 0;             ///< every notification up to here is in user_index
  sys_time written_at_{};           ///< latest instant noted in the file
  row_key newest_ = 0;              ///< newest notification inserted
  row_key removed_ = 0;             ///< retention has looked at rows up to here in this pass
  std::optional<steady_time> pass_; ///< when the next pass of retention begins; nullopt: now
  int turn_ = 0;                    ///< chore that the next step begins with
  wal_emptier wal_;
  std::deque<erasure> erasures_;
  std::vector<farewell> just_erased_; ///< of the last minute
  std::vector<done<ok_t>> waiting_;
};

} // namespace carillon
