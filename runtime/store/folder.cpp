#include "runtime/store/folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "runtime/store/control/control_schema.hpp"
#include "runtime/store/inbox/inbox_schema.hpp"
#include "runtime/store/lane/lane_schema.hpp"

namespace carillon {
namespace {

fault unusable(const std::filesystem::path& where, const std::string& why) {
  return {errc::store_unavailable, "The store's folder " + where.string() + " cannot be used: " + why
                                     + ". Name another under [store] url, or make it writable for this user."};
}

std::string text_of(int code) {
  return std::generic_category().message(code);
}

} // namespace

// WAL pages: few for the files people wait on, so that a checkpoint is short;
// more for bulk, where each page then absorbs more writes before it is copied.
folder_files files_of(const store_options& from) {
  auto weak = from.allow_weak_durability;
  return {
    {"control.db", from.folder / "control.db", control_schema(), weak, 1'000, 4'096, turn::shared, true},
    {"critical.db", from.folder / "critical.db", lane_schema(), weak, 1'000, 8'192, turn::critical, false},
    {"bulk.db", from.folder / "bulk.db", lane_schema(), weak, 6'000, 16'384, turn::bulk, false},
    {"inbox.db", from.folder / "inbox.db", inbox_schema(), weak, 1'000, 4'096, turn::shared, true},
  };
}

status_result make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  if (std::filesystem::is_directory(folder, failed))
    return ok;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return unusable(folder, failed.message());
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  if (failed)
    return unusable(folder, failed.message());
  return ok;
}

// SQLite gives a journal the permissions of its database.
status_result make_private(const folder_files& files) {
  constexpr auto owner_only = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  for (auto* file : files.all())
    for (auto suffix : {"", "-wal", "-shm"}) {
      auto path = file->path.string() + suffix;
      auto descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | (*suffix == '\0' ? O_CREAT : 0), 0600);
      if (descriptor < 0 && *suffix != '\0')
        continue;
      if (descriptor < 0)
        return unusable(file->path.parent_path(), text_of(errno));
      ::close(descriptor);
      std::error_code failed;
      std::filesystem::permissions(path, owner_only, failed);
      if (failed)
        return unusable(file->path.parent_path(), failed.message());
    }
  return ok;
}

result<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  auto path = folder / "carillon.lock";
  auto descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return unusable(folder, text_of(errno));
  folder_lock held{descriptor};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    return held;
  if (errno != EWOULDBLOCK)
    return unusable(folder, text_of(errno));
  return fault{errc::store_unavailable, "The store's folder " + folder.string()
                                          + " is in use by another carillon process. Stop that process, or give this "
                                            "one a folder of its own under [store] url."};
}

folder_lock::folder_lock(folder_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

folder_lock::~folder_lock() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

} // namespace carillon
