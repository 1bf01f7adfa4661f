// A disk that fails on request, under SQLite: a VFS around the system's own, for
// tests only. It knows which sectors a sync has made durable, so it can lose power:
// of what was written since, it keeps all, nothing or a part, down to a sector.
//
// Nothing is really synced; what would be lost is put back by hand. Files that
// exist when they are opened count as durable.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::test {

/// What goes wrong from now on.
struct disk_faults {
  std::string file;          ///< only for paths that contain it; empty: for all
  bool write_errors = false; ///< no write succeeds
  bool short_writes = false; ///< half of a write reaches the file, then it fails
  bool sync_errors = false;  ///< a sync fails, and what it was for never reaches the disk though reads still see it
  std::int64_t room = -1;    ///< bytes by which files may still grow; -1: no end
};

/// The disk of this process; any thread.
class faulty_disk {
public:
  /// Makes it the VFS of every connection opened from now on.
  static faulty_disk& install();

  void set(const disk_faults& what);
  /// Power goes at that write, sync or truncation from now on; 0 is the next one.
  void lose_power_after(std::uint64_t operations);
  void lose_power();
  bool has_power() const;
  /// Writes and syncs so far.
  std::uint64_t operations() const;
  /// Puts the files into a state that the power loss may have left.
  void leave_remains(std::mt19937_64& random);
  /// The same once every connection is closed, and lets the files be opened again.
  void restore_power(std::mt19937_64& random);

  // For the VFS's own functions.
  struct tracked;
  tracked* track(const std::string& path, sqlite3_file* real);
  int write(tracked& file, sqlite3_file* real, const void* data, int bytes, sqlite3_int64 at);
  int truncate(tracked& file, sqlite3_file* real, sqlite3_int64 size);
  /// `failures_seen` is the open file's own: as Linux does it, a failed sync is
  /// told once to everybody who has the file open.
  int sync(tracked& file, sqlite3_file* real, std::uint64_t& failures_seen);
  void removed(const std::string& path);

private:
  using sector = std::vector<char>;
  using sectors = std::map<std::int64_t, sector>;
  bool hits(const tracked& file) const;
  bool count_operation();
  static void remember(tracked& file, sqlite3_file* real, std::int64_t from, std::int64_t until);
  int room_for(tracked& file, sqlite3_file* real, int bytes, sqlite3_int64 at);

  mutable std::mutex mutex_;
  std::map<std::string, tracked> files_;
  disk_faults faults_;
  std::uint64_t operations_ = 0;
  std::uint64_t last_operation_ = UINT64_MAX; ///< power goes with it
  bool power_ = true;
};

struct faulty_disk::tracked {
  std::string path;
  std::int64_t durable_bytes = 0;
  sectors unsynced = {}; ///< as they are on the disk, where that is not what was written
  sectors lost = {};     ///< the same, of those that no later sync will write
  std::uint64_t failed_syncs = 0;
};

} // namespace carillon::test
