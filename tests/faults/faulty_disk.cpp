#include "faulty_disk.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace carillon::test {
namespace {

constexpr std::int64_t sector_bytes = 512;
constexpr std::int64_t page_sectors = 8;

std::int64_t size_of(sqlite3_file* real) {
  sqlite3_int64 bytes = 0;
  return real->pMethods->xFileSize(real, &bytes) == SQLITE_OK ? bytes : 0;
}

/// How much of what was not synced a crash leaves.
enum class remains : std::uint8_t { nothing, all, some_sectors, some_pages };

/// Puts sectors back as they were on the disk, where they lie within `bytes`.
void put_back(std::fstream& file, std::int64_t number, const std::vector<char>& content, std::int64_t bytes) {
  const auto at = number * sector_bytes;
  const auto length = std::min<std::int64_t>(sector_bytes, bytes - at);
  if (length <= 0)
    return;
  file.seekp(at);
  file.write(content.data(), length);
}

} // namespace

void faulty_disk::set(const disk_faults& what) {
  std::scoped_lock guard{mutex_};
  faults_ = what;
}

void faulty_disk::lose_power_after(std::uint64_t operations) {
  std::scoped_lock guard{mutex_};
  last_operation_ = operations_ + operations;
}

void faulty_disk::lose_power() {
  std::scoped_lock guard{mutex_};
  power_ = false;
}

bool faulty_disk::has_power() const {
  std::scoped_lock guard{mutex_};
  return power_;
}

std::uint64_t faulty_disk::operations() const {
  std::scoped_lock guard{mutex_};
  return operations_;
}

bool faulty_disk::hits(const tracked& file) const {
  return file.path.find(faults_.file) != std::string::npos;
}

/// False where the power is gone.
bool faulty_disk::count_operation() {
  power_ = power_ && operations_++ < last_operation_;
  return power_;
}

faulty_disk::tracked* faulty_disk::track(const std::string& path, sqlite3_file* real) {
  std::scoped_lock guard{mutex_};
  if (!power_)
    return nullptr;
  auto [found, is_new] = files_.try_emplace(path, tracked{path});
  if (is_new)
    found->second.durable_bytes = size_of(real);
  return &found->second;
}

void faulty_disk::removed(const std::string& path) {
  std::scoped_lock guard{mutex_};
  if (auto found = files_.find(path); found != files_.end()) {
    found->second.unsynced.clear();
    found->second.lost.clear();
    found->second.durable_bytes = 0;
  }
}

/// Before the sectors of [from, until) change: what the disk holds of them.
void faulty_disk::remember(tracked& file, sqlite3_file* real, std::int64_t from, std::int64_t until) {
  for (auto number = from / sector_bytes; number * sector_bytes < until; ++number) {
    if (file.unsynced.contains(number))
      continue;
    if (auto lost = file.lost.extract(number)) {
      file.unsynced.insert(std::move(lost));
      continue;
    }
    sector content(static_cast<std::size_t>(sector_bytes), '\0');
    real->pMethods->xRead(real, content.data(), static_cast<int>(sector_bytes), number * sector_bytes);
    file.unsynced.emplace(number, std::move(content));
  }
}

/// How many of the bytes the disk still takes.
int faulty_disk::room_for(tracked& file, sqlite3_file* real, int bytes, sqlite3_int64 at) {
  if (faults_.room < 0 || !hits(file))
    return bytes;
  const auto growth = std::max<std::int64_t>(0, at + bytes - size_of(real));
  const auto granted = std::min(growth, faults_.room);
  faults_.room -= granted;
  return static_cast<int>(bytes - (growth - granted));
}

int faulty_disk::write(tracked& file, sqlite3_file* real, const void* data, int bytes, sqlite3_int64 at) {
  std::scoped_lock guard{mutex_};
  if (!count_operation())
    return SQLITE_IOERR_WRITE;
  auto fails = SQLITE_OK;
  auto taken = room_for(file, real, bytes, at);
  if (taken < bytes)
    fails = SQLITE_FULL;
  if (hits(file) && (faults_.write_errors || faults_.short_writes)) {
    fails = SQLITE_IOERR_WRITE;
    taken = faults_.write_errors ? 0 : bytes / 2;
  }
  if (taken > 0) {
    remember(file, real, at, at + taken);
    if (auto code = real->pMethods->xWrite(real, data, taken, at); code != SQLITE_OK)
      return code;
  }
  return fails;
}

int faulty_disk::truncate(tracked& file, sqlite3_file* real, sqlite3_int64 size) {
  std::scoped_lock guard{mutex_};
  if (!count_operation())
    return SQLITE_IOERR_TRUNCATE;
  remember(file, real, size, size_of(real));
  return real->pMethods->xTruncate(real, size);
}

int faulty_disk::sync(tracked& file, sqlite3_file* real, std::uint64_t& failures_seen) {
  std::scoped_lock guard{mutex_};
  if (!count_operation())
    return SQLITE_IOERR_FSYNC;
  if (faults_.sync_errors && hits(file)) {
    file.lost.merge(file.unsynced); // their pages are clean now: nobody will write them again
    file.unsynced.clear();
    ++file.failed_syncs;
  } else {
    file.unsynced.clear();
    file.durable_bytes = size_of(real);
  }
  return std::exchange(failures_seen, file.failed_syncs) == file.failed_syncs ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

void faulty_disk::leave_remains(std::mt19937_64& random) {
  std::scoped_lock guard{mutex_};
  for (auto& [path, file] : files_) {
    std::error_code none;
    if (!std::filesystem::exists(path, none))
      continue;
    const auto kept = static_cast<remains>(random() % 4);
    const auto old_size = kept == remains::nothing || (kept != remains::all && random() % 2 == 0);
    const auto bytes = old_size ? file.durable_bytes : static_cast<std::int64_t>(std::filesystem::file_size(path));
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(bytes));
    std::fstream out{path, std::ios::in | std::ios::out | std::ios::binary};
    for (auto& [number, content] : file.lost)
      put_back(out, number, content, bytes);
    std::int64_t page = -1;
    bool page_stays = false;
    for (auto& [number, content] : file.unsynced) {
      if (std::exchange(page, number / page_sectors) != number / page_sectors)
        page_stays = random() % 2 == 0;
      const bool stays = kept == remains::all || (kept == remains::some_sectors && random() % 2 == 0)
                         || (kept == remains::some_pages && page_stays);
      if (!stays)
        put_back(out, number, content, bytes);
    }
    std::filesystem::remove(path.substr(0, path.rfind("-wal")) + "-shm", none);
  }
}

void faulty_disk::restore_power(std::mt19937_64& random) {
  leave_remains(random);
  std::scoped_lock guard{mutex_};
  files_.clear();
  faults_ = {};
  last_operation_ = UINT64_MAX;
  power_ = true;
}

} // namespace carillon::test
