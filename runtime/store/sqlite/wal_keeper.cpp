#include "runtime/store/sqlite/wal_keeper.hpp"

namespace carillon {
namespace {

// A reader that does not end keeps pages from being copied: asking without pause
// would only sync.
constexpr auto between_requests = std::chrono::milliseconds{100};
// Past this many times its length the WAL is copied to its end whatever that
// takes: a WAL without bound would fill the disk.
constexpr int overlong = 8;

} // namespace

void wal_keeper::ask() {
  auto now = std::chrono::steady_clock::now();
  if (asked_ || now < ask_again_)
    return;
  asked_ = true;
  ask_again_ = now + between_requests;
  state_->wanted = true;
  wal_.nudge();
}

void wal_keeper::tend(connection& db) {
  auto came_back = state_->done.exchange(false);
  if (came_back)
    asked_ = false;
  if (db.wal_pages() < state_->copied_pages)
    state_->copied_pages = 0; // it began anew
  if (db.wal_pages() < limit_pages_)
    return;
  if (came_back && (left(db) <= checkpointer::rest_pages || db.wal_pages() > overlong * limit_pages_))
    db.copy_wal();
  else
    ask();
}

void wal_keeper::mend(connection& db) {
  if (!state_->suspect.exchange(false))
    return;
  try {
    db.rewrite_wal();
  } catch (const sqlite_error&) {
    suspect();
    throw;
  }
}

bool wal_keeper::nearly_copied(connection& db) {
  if (left(db) <= checkpointer::rest_pages)
    return true;
  ask();
  return false;
}

} // namespace carillon
