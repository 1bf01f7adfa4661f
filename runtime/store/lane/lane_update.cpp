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
  auto& d = what.d;
  if (d.status != what.expected && !may_move(what.expected, d.status))
    return fault{errc::internal_error, "A delivery cannot go from " + std::string{to_string(what.expected)} + " to "
                                         + std::string{to_string(d.status)} + "."};
  update_result done;
  done.applied = write_guarded(what);
  if (!done.applied)
    return done;
  auto at = d.history.empty() ? clock_.now() : d.history.back().at;
  if (what.cancel_standby)
    cancel_standbys(d.notification_key, at);
  else if (what.release_standby)
    done.released = release_next(d.notification_key, at);
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

// Keys of a notification's deliveries lie in one block, so this look is a short
// range of rows; nearly every notification has no standby and ends here.
bool lane_file::has_standbys(row_key notification_key) {
  auto row = tables().db.use("SELECT 1 FROM delivery WHERE key > ?1 AND key <= ?2 AND standby = 1 LIMIT 1");
  return row.with(notification_key, notification_key + static_cast<row_key>(bounds::deliveries)).step();
}

std::vector<delivery> lane_file::siblings_of(row_key notification_key) {
  auto n = load_notification(tables(), notification_key);
  return n ? load_deliveries(tables(), *n) : std::vector<delivery>{};
}

// One failed device does not release the next channel while another of the same
// channel still may, or did, reach the person. A channel is released as a whole.
std::vector<delivery> lane_file::release_next(row_key notification_key, sys_time at) {
  if (!has_standbys(notification_key))
    return {};
  auto siblings = siblings_of(notification_key);
  auto waits = [](const delivery& d) { return d.standby && d.status == delivery_status::scheduled; };
  auto hopeful = [&](const delivery& d) {
    return !waits(d)
           && (is_unfinished(d.status) || d.status == delivery_status::sent || d.status == delivery_status::delivered);
  };
  auto next = std::find_if(siblings.begin(), siblings.end(), waits);
  if (next == siblings.end() || std::any_of(siblings.begin(), siblings.end(), hopeful))
    return {};
  std::vector<delivery> released;
  for (auto on = next->channel; next != siblings.end(); ++next)
    if (waits(*next) && next->channel == on)
      if (release(*next, at))
        released.push_back(*next);
  return released;
}

bool lane_file::release(delivery& d, sys_time at) {
  row_guard guard{d.status, d.attempts.size(), false};
  d.standby = false;
  d.due.reset();
  move_to(d, delivery_status::queued, at, {"routing.first", "The channel before it did not reach the person."});
  return write_delivery(tables(), d, guard);
}

void lane_file::cancel_standbys(row_key notification_key, sys_time at) {
  if (!has_standbys(notification_key))
    return;
  for (auto& d : siblings_of(notification_key)) {
    if (!d.standby || d.status != delivery_status::scheduled)
      continue;
    row_guard guard{d.status, d.attempts.size(), false};
    d.standby = false;
    move_to(d, delivery_status::cancelled, at, {"routing.first", "The delivery before it reached the person."});
    write_delivery(tables(), d, guard);
  }
}

} // namespace carillon
