// SQLite's side of the faulty disk: a VFS whose files hand writes, truncations and
// syncs to it and everything else to the system's own. Its interface is C, and so
// are the casts between a file and what SQLite allocates for it.
#include "faulty_disk.hpp"

namespace carillon::test {
namespace {

/// SQLite's memory of an open file; the real one follows it.
struct shim_file {
  sqlite3_file base;
  faulty_disk::tracked* what;
  std::uint64_t failures_seen;
};

sqlite3_vfs* real_vfs = nullptr;
faulty_disk* the_disk = nullptr;

shim_file* shim(sqlite3_file* file) {
  return reinterpret_cast<shim_file*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(shim(file) + 1);
}

int close_file(sqlite3_file* file) {
  return real(file)->pMethods->xClose(real(file));
}

int read_file(sqlite3_file* file, void* into, int bytes, sqlite3_int64 at) {
  return the_disk->has_power() ? real(file)->pMethods->xRead(real(file), into, bytes, at) : SQLITE_IOERR_READ;
}

int write_file(sqlite3_file* file, const void* data, int bytes, sqlite3_int64 at) {
  return the_disk->write(*shim(file)->what, real(file), data, bytes, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return the_disk->truncate(*shim(file)->what, real(file), size);
}

int sync_file(sqlite3_file* file, int) {
  return the_disk->sync(*shim(file)->what, real(file), shim(file)->failures_seen);
}

int file_size(sqlite3_file* file, sqlite3_int64* bytes) {
  return real(file)->pMethods->xFileSize(real(file), bytes);
}

int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}

int check_reserved(sqlite3_file* file, int* out) {
  return real(file)->pMethods->xCheckReservedLock(real(file), out);
}

int control_file(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}

int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}

int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

int map_shared(sqlite3_file* file, int page, int bytes, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, bytes, extend, out);
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

void barrier_shared(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}

int unmap_shared(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: shared memory, but no mapped reads, which would pass the disk by.
const sqlite3_io_methods methods{
  2,           close_file,     read_file,      write_file,   truncate_file, sync_file,       file_size,
  lock_file,   unlock_file,    check_reserved, control_file, sector_size,   characteristics, map_shared,
  lock_shared, barrier_shared, unmap_shared,   nullptr,      nullptr};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  shim(file)->base.pMethods = nullptr;
  if (!the_disk->has_power())
    return SQLITE_CANTOPEN;
  if (auto code = real_vfs->xOpen(real_vfs, path, real(file), flags, flags_out); code != SQLITE_OK)
    return code;
  shim(file)->what = the_disk->track(path != nullptr ? path : "", real(file));
  if (shim(file)->what == nullptr) {
    close_file(file);
    return SQLITE_CANTOPEN;
  }
  shim(file)->failures_seen = shim(file)->what->failed_syncs;
  shim(file)->base.pMethods = &methods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* path, int sync) {
  if (!the_disk->has_power())
    return SQLITE_IOERR_DELETE;
  the_disk->removed(path);
  return real_vfs->xDelete(real_vfs, path, sync);
}

} // namespace

faulty_disk& faulty_disk::install() {
  static faulty_disk disk;
  static sqlite3_vfs vfs = [] {
    real_vfs = sqlite3_vfs_find(nullptr);
    the_disk = &disk;
    auto own = *real_vfs; // the functions left as they are read nothing but its data
    own.zName = "faulty";
    own.szOsFile = static_cast<int>(sizeof(shim_file)) + real_vfs->szOsFile;
    own.xOpen = open_file;
    own.xDelete = delete_file;
    return own;
  }();
  sqlite3_vfs_register(&vfs, 1);
  return disk;
}

} // namespace carillon::test
