#include "runtime/store/sqlite/checkpointer.hpp"

#include "runtime/store/sqlite/faults.hpp"
#include "runtime/thread.hpp"

namespace carillon {

checkpointer::checkpointer() : thread_([this] { loop(); }) {}

checkpointer::~checkpointer() {
  {
    std::scoped_lock guard{mutex_};
    closed_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

std::shared_ptr<wal_state> checkpointer::watch(const store_file& file) {
  auto state = std::make_shared<wal_state>();
  std::scoped_lock guard{mutex_};
  files_.push_back(std::make_unique<watched>(watched{file, state, nullptr}));
  return state;
}

void checkpointer::nudge() {
  std::scoped_lock guard{mutex_};
  nudged_ = true;
  changed_.notify_all();
}

void checkpointer::loop() {
  begin_thread("store-wal", turn::bulk);
  std::unique_lock guard{mutex_};
  while (!closed_) {
    changed_.wait(guard, [this] { return closed_ || nudged_; });
    nudged_ = false;
    for (std::size_t i = 0; i < files_.size() && !closed_; ++i) {
      auto& one = *files_[i];
      if (!one.state->wanted.exchange(false))
        continue;
      guard.unlock();
      copy(one);
      guard.lock();
    }
  }
}

// Commits go on meanwhile, so the first pass leaves what came during it, the next
// one less. A failure is told by the writer's own next commit; here the turn is
// passed on all the same, so that the writer asks again later.
void checkpointer::copy(watched& one) {
  constexpr int most_passes = 8;
  try {
    if (!one.db)
      one.db = open_for_writing(one.file);
    int before = 0;
    for (int pass = 0; pass < most_passes; ++pass) {
      auto now = one.db->copy_wal();
      one.state->copied_pages = now.copied;
      if (now.copied - before <= rest_pages)
        break;
      before = now.copied;
    }
  } catch (const sqlite_error& e) {
    if (is_failed_sync(e))
      one.state->suspect = true;
    one.db.reset();
  }
  one.state->done = true;
}

} // namespace carillon
