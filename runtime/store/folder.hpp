// The store's folder: created private, held by one process at a time.
#pragma once

#include <array>
#include <filesystem>
#include <memory>

#include "config/options.hpp"
#include "messages/errors.hpp"
#include "runtime/store/lane/claims.hpp"
#include "runtime/store/sqlite/checkpointer.hpp"

namespace carillon {

/// The files of a folder, as this program writes them.
struct folder_files {
  store_file control, critical, bulk, inbox;

  std::array<const store_file*, 4> all() const { return {&control, &critical, &bulk, &inbox}; }
  const store_file& of(lane l) const { return l == lane::critical ? critical : bulk; }
};
folder_files files_of(const store_options& from);

/// Creates the folder (mode 0700) where it is missing. store_unavailable with the
/// path and the remedy where that fails.
status_result make_folder(const std::filesystem::path& folder);

/// Makes the files where they are missing and takes everybody else's rights off
/// them: a folder that was there before may be open to others.
status_result make_private(const folder_files& files);

/// Two processes on one folder would each believe to be the only sender: an
/// advisory lock on `carillon.lock` in it keeps the second one out. The kernel
/// frees it with the process, however that ends.
class folder_lock {
public:
  static result<folder_lock> take(const std::filesystem::path& folder);
  folder_lock(folder_lock&& other) noexcept;
  folder_lock& operator=(folder_lock&&) = delete;
  ~folder_lock();

private:
  explicit folder_lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// What the stores of one folder share; lives as long as any of them.
class store_folder {
public:
  explicit store_folder(folder_lock lock) : lock_(std::move(lock)) {}
  checkpointer& wal() { return wal_; }

  /// Each lane looks idempotency keys up in the other's file as well.
  claim_board critical_keys, bulk_keys;

private:
  folder_lock lock_;
  checkpointer wal_;
};

} // namespace carillon
