#include "runtime/store/lane/sqlite_lane_store.hpp"

namespace carillon {
namespace {

row_key newest_in(connection& db) {
  return std::max(db.number("SELECT max(key) FROM notification"), db.number("SELECT max(key) FROM delivery"));
}

} // namespace

sqlite_lane_store::sqlite_lane_store(std::shared_ptr<store_folder> folder, store_file file, claim_book claims,
                                     upkeep_config upkeep, const wall_clock& clock, store_observer& watch)
    : folder_(std::move(folder)),
      clock_(clock),
      file_(file, std::move(claims), upkeep, clock),
      newest_key_(newest_in(file_.open())),
      writer_(file, file_, watch, folder_->wal()),
      engine_reads_(file.name + "-r", file),
      door_reads_(file.name + "-d", file) {}

// ---------------------------------------------------------------- writes

void sqlite_lane_store::accept(acceptance what, done<receipt> then) {
  writer_.submit<receipt>(std::move(then), [this, what = std::move(what)] { return file_.accept(what); });
}

void sqlite_lane_store::recall(space where, idempotency_claim what, done<std::optional<receipt>> then) {
  writer_.submit<std::optional<receipt>>(
    std::move(then), [this, where = std::move(where), what = std::move(what)] { return file_.recall(where, what); });
}

void sqlite_lane_store::start(std::vector<attempt_start> what, done<std::vector<row_key>> then) {
  using keys = std::vector<row_key>;
  writer_.submit<keys>(std::move(then), [this, what = std::move(what)]() -> result<keys> { return file_.start(what); });
}

void sqlite_lane_store::update(delivery_update what, done<update_result> then) {
  writer_.submit<update_result>(std::move(then), [this, what = std::move(what)] { return file_.update(what); });
}

void sqlite_lane_store::cancel(space where, uuid id, sys_time now, done<notification_view> then) {
  writer_.submit<notification_view>(std::move(then), [this, where = std::move(where), id, now] {
    return carillon::cancel(file_.rows(), where, id, now);
  });
}

void sqlite_lane_store::resolve(space where, uuid id, uuid delivery_id, delivery_status to, decision why, sys_time now,
                                done<delivery> then) {
  writer_.submit<delivery>(std::move(then),
                           [this, where = std::move(where), id, delivery_id, to, why = std::move(why), now] {
                             return carillon::resolve(file_.rows(), where, id, delivery_id, to, why, now);
                           });
}

// Engagement has no history of its own, so the instant is not kept.
void sqlite_lane_store::engage(space where, uuid id, std::optional<uuid> delivery_id, engagement what, sys_time,
                               done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), [this, where = std::move(where), id, delivery_id, what] {
    return carillon::engage(file_.rows(), where, id, delivery_id, what);
  });
}

void sqlite_lane_store::redrive(std::vector<row_key> keys, decision why, sys_time now,
                                done<std::vector<delivery>> then) {
  using queued = std::vector<delivery>;
  writer_.submit<queued>(std::move(then),
                         [this, keys = std::move(keys), why = std::move(why), now]() -> result<queued> {
                           return carillon::redrive(file_.rows(), keys, why, now);
                         });
}

// Behind everything submitted before it, then in steps: see lane_upkeep.hpp.
void sqlite_lane_store::erase(space where, std::string user_id, done<ok_t> then) {
  auto begin = [this, where = std::move(where), user_id = std::move(user_id), then = std::move(then)](status_result r) {
    if (!r)
      return then(std::move(r));
    file_.background().erase(where, user_id, then);
  };
  writer_.submit<ok_t>(std::move(begin), []() -> status_result { return ok; });
}

void sqlite_lane_store::barrier(done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), []() -> status_result { return ok; });
}

void sqlite_lane_store::catch_up(done<ok_t> then) {
  auto begin = [this, then = std::move(then)](status_result r) {
    if (!r)
      return then(std::move(r));
    file_.background().catch_up(then);
  };
  writer_.submit<ok_t>(std::move(begin), []() -> status_result { return ok; });
}

// ---------------------------------------------------------------- reads for the engine

void sqlite_lane_store::pull(pull_request what, done<pull_result> then) {
  engine_reads_.submit<pull_result>(std::move(then),
                                    [what = std::move(what)](auto& in) { return carillon::pull(in, what); });
}

void sqlite_lane_store::in_flight(std::string provider, row_key after, std::size_t limit,
                                  done<std::vector<pulled>> then) {
  engine_reads_.submit<std::vector<pulled>>(std::move(then), [provider = std::move(provider), after, limit](auto& in) {
    return carillon::in_flight(in, provider, after, limit);
  });
}

void sqlite_lane_store::queues(done<std::vector<queue_state>> then) {
  engine_reads_.submit<std::vector<queue_state>>(std::move(then),
                                                 [this](auto& in) { return queue_states(in, clock_.now()); });
}

void sqlite_lane_store::due_between(sys_time from, sys_time until, std::size_t limit,
                                    done<std::vector<due_entry>> then) {
  engine_reads_.submit<std::vector<due_entry>>(
    std::move(then), [from, until, limit](auto& in) { return carillon::due_between(in, from, until, limit); });
}

void sqlite_lane_store::recent_attempts(sys_time since, sys_time now, done<limit_history> then) {
  engine_reads_.submit<limit_history>(std::move(then),
                                      [since, now](auto& in) { return carillon::recent_attempts(in, since, now); });
}

void sqlite_lane_store::expired_held(sys_time now, std::size_t limit, done<std::vector<pulled>> then) {
  engine_reads_.submit<std::vector<pulled>>(std::move(then),
                                            [now, limit](auto& in) { return carillon::expired_held(in, now, limit); });
}

// ---------------------------------------------------------------- reads for doors

void sqlite_lane_store::find(space where, uuid id, done<notification_view> then) {
  door_reads_.submit<notification_view>(std::move(then),
                                        [where = std::move(where), id](auto& in) { return find_view(in, where, id); });
}

void sqlite_lane_store::list(notification_filter what, done<notification_page> then) {
  door_reads_.submit<notification_page>(std::move(then),
                                        [what = std::move(what)](auto& in) { return list_page(in, what); });
}

void sqlite_lane_store::dead_letters(dead_letter_filter what, done<dead_letter_page> then) {
  door_reads_.submit<dead_letter_page>(std::move(then),
                                       [what = std::move(what)](auto& in) { return dead_letter_list(in, what); });
}

void sqlite_lane_store::backlog(done<backlog_view> then) {
  door_reads_.submit<backlog_view>(std::move(then), [](auto& in) { return carillon::backlog(in); });
}

} // namespace carillon
