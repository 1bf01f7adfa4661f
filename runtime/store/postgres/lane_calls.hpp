// The calls of a lane that are written in sets: whatever kinds of them wait become one
// statement a kind, so that a flood of calls costs a few round trips and one sync.
#pragma once

#include <unordered_set>
#include <utility>
#include <vector>

#include "runtime/store/jobs.hpp"
#include "runtime/store/postgres/rows.hpp"

namespace carillon {

/// A call with what it asks and its answer. `run` does nothing: it is answered by the set it goes in.
template <class What, class T>
class set_call final : public job {
public:
  set_call(What asked, done<T> then) : what(std::move(asked)), then_(std::move(then)) {}
  set_call(const set_call&) = delete;
  ~set_call() override {
    static const fault ended{errc::shutting_down, "The store was closed before the call was done; nothing was kept."};
    finish(&ended);
  }
  void run() override {}
  void finish(const fault* failed) override {
    if (!then_)
      return;
    auto then = std::exchange(then_, nullptr);
    then(failed != nullptr ? result<T>{*failed} : std::move(answer));
  }

  What what;
  result<T> answer = fault{errc::internal_error, "The store gave no answer."};

private:
  done<T> then_;
};

using accept_call = set_call<acceptance, receipt>;
using start_call = set_call<std::vector<attempt_start>, std::vector<row_key>>;
using update_call = set_call<delivery_update, update_result>;

/// One transaction's calls, in order. On the writer's thread.
class lane_batch {
public:
  lane_batch(session& in, const wall_clock& clock, duration idempotency_ttl)
      : in_(in), clock_(clock), idempotency_ttl_(idempotency_ttl) {}

  /// Sets are written where a call of another sort, or one more of the same row, has to come after them.
  void run(const std::vector<job_ptr>& calls);

  /// The first receipt of a claim, key_reused, or nullopt where the key is free.
  static result<std::optional<receipt>> recall(session& in, const space& where, const idempotency_claim& what,
                                               sys_time kept_since);

private:
  bool take(job& call);
  void flush();
  void accept_all();
  void claim_keys(std::vector<accept_call*>& calls);
  void refuse_of_erased(std::vector<accept_call*>& calls);
  void start_all();
  void update_all();
  void update_some(std::vector<update_call*>& calls, bool erased);

  session& in_;
  const wall_clock& clock_;
  duration idempotency_ttl_;
  std::vector<accept_call*> accepts_;
  std::vector<start_call*> starts_;
  std::vector<update_call*> updates_;
  std::unordered_set<row_key> touched_;
};

} // namespace carillon
