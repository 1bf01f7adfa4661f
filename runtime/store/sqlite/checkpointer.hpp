// Copies WAL files into their databases off the writers' threads. A writer asks
// when its WAL is long (wal_keeper.hpp); the copying and its syncs happen here
// while commits go on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/store/sqlite/store_file.hpp"

namespace carillon {

/// What writer and checkpointer say to each other about one file.
struct wal_state {
  std::atomic<bool> wanted = false;  ///< set by the writer: copy it
  std::atomic<bool> done = false;    ///< set by the checkpointer: your turn
  std::atomic<bool> suspect = false; ///< a sync failed: the WAL on the disk may have holes
  std::atomic<int> copied_pages = 0; ///< of the WAL as it was then, from its beginning
};

/// One thread for all files of a folder.
class checkpointer {
public:
  /// So few pages are left to a writer where the load lets it be.
  static constexpr int rest_pages = 256;

  checkpointer();
  checkpointer(const checkpointer&) = delete;
  ~checkpointer();

  /// Before the file's writer starts.
  std::shared_ptr<wal_state> watch(const store_file& file);
  /// `wanted` was set somewhere.
  void nudge();

private:
  struct watched {
    store_file file;
    std::shared_ptr<wal_state> state;
    std::unique_ptr<connection> db;
  };
  void loop();
  static void copy(watched& one);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<watched>> files_;
  bool nudged_ = false;
  bool closed_ = false;
  std::thread thread_;
};

} // namespace carillon
