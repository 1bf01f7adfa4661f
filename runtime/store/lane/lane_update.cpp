#include "messages/transitions.hpp"
#include "runtime/store/codec.hpp"
#include "runtime/store/lane/lane_file.hpp"

namespace carillon {

std::vector<row_key> lane_file::start(const std::vector<attempt_start>& what) {
  std::vector<row_key> begun;
  begun.reserve(what.size());
  for (auto& one : what)
    if (start_one(one))
      begun.push_back(one.key);
  return begun;
}

// Appends to the row without reading it back: with the accept this is what every
// delivery pays for the promise that a call is recorded before it goes out.
bool lane_file::start_one(const attempt_start& what) {
  auto row = db_->use("SELECT home_queue FROM delivery WHERE key = ?1 AND status <= 1 AND attempt_count = ?2 - 1 "
                      "AND due = ?3");
  if (!row.with(what.key, what.what.number, due_column(what.due)).step())
    return false;
  auto home = row.integer(0);
  auto& waits_at = tables().names.queue_of(home);
  auto queue = waits_at.name == what.what.provider ? home : tables().names.queue_id(what.what.provider, waits_at.space);
  auto attempt_text = encode_attempt(what.what);
  auto change_text = encode_change({delivery_status::sending, what.what.started_at, {}, {}});
  db_
    ->use("UPDATE delivery SET status = 2, queue = ?2, due = 0, attempt_count = attempt_count + 1, "
          "last_attempt_at = ?3, changed_at = ?3, "
          "attempts = attempts || iif(attempts = '', '', ',') || ?4, "
          "history = history || iif(history = '', '', ',') || ?5 WHERE key = ?1")
    .with(what.key, queue, what.what.started_at, attempt_text, change_text)
    .run();
  return true;
}

result<update_result> lane_file::update(const delivery_update& what) {
  if (auto wrong = illegal(what))
    return *wrong;
  update_result done;
  done.applied = write_guarded(what);
  if (done.applied)
    done.released = follow_up_siblings(*tables_, what, clock_.now());
  return done;
}

// Nearly every row is of a person who still is there: the second look is for the
// few whose person was erased while the call was on the wire.
bool lane_file::write_guarded(const delivery_update& what) {
  row_guard guard{what.expected, static_cast<std::size_t>(std::max(0, what.expected_attempts)), false};
  if (write_delivery(tables(), what.d, guard))
    return true;
  guard.erased = true;
  return write_delivery(tables(), what.d, guard);
}

} // namespace carillon
