// The embedded store: four SQLite files in one folder, behind the ports of
// messages/ports.hpp. Opens, migrates, checks, and tells how it stands.
//
//   control.db   users, suppressions, keys, settings, breaker orders, tombstones
//   critical.db  notifications, deliveries and idempotency keys of that lane
//   bulk.db      the same of the other
//   inbox.db     the in-app feed
//
// Every file has one writer thread with its own connection (group commit) and readers
// apart: a lane's file one for the engine and one for doors, so that a person's long
// listing never holds up a pull; control.db one a lane for people. Commits are not atomic across files and nothing
// relies on that.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"
#include "messages/ports.hpp"

namespace carillon {

/// Told what the writers do; for metrics and health. Called on a writer's
/// thread, between commits: return at once.
class store_observer {
public:
  virtual ~store_observer() = default;
  /// `rows` calls became durable in one transaction that took `took`, its sync included.
  virtual void committed(std::string_view file, std::size_t rows, duration took) = 0;
  /// A batch could not be written; repeated for every batch until `recovered`.
  virtual void trouble(std::string_view file, const fault& why) = 0;
  /// The first write after trouble succeeded.
  virtual void recovered(std::string_view file) = 0;
  /// Its folder has files of before, but not this one: whatever it held is gone.
  virtual void began_empty(std::string_view /*file*/) {}
};

/// What a file cannot do now, and why.
struct store_problem {
  std::string file; ///< critical.db, ...
  fault why;
};

class store_folder;

/// The open store. Destroying it answers every call still waiting with
/// shutting_down, then closes the files and frees the folder.
struct stores {
  std::shared_ptr<store_folder> folder; ///< declared first: outlives the stores
  std::unique_ptr<lane_store> critical, bulk;
  std::unique_ptr<control_store> control;
  std::unique_ptr<inbox_store> inbox;

  lane_store& of(lane l) { return l == lane::critical ? *critical : *bulk; }
  /// Files that cannot be written now; empty: all is well. Cheap; any thread.
  /// While a file is in trouble its writer tries a small write every second, so
  /// the answer turns good without traffic once the cause is gone.
  std::vector<store_problem> problems() const;
};

/// Opens the folder of `from.store`, creating it (mode 0700) and its files where
/// they are missing, and migrates files of older versions. Uses store.folder,
/// .retention, .allow_weak_durability and server.idempotency_ttl.
/// store_unavailable, with the file or folder and the remedy: another process
/// holds the folder, it cannot be written, a file is damaged or of a newer
/// version. `clock` and `watch` must outlive the stores.
result<stores> open_stores(const options& from, const wall_clock& clock, store_observer& watch);

/// Schema version of one file.
struct schema_state {
  std::string file;
  int version = 0; ///< 0: the file does not exist yet
  int wanted = 0;  ///< what this program writes
};
/// Reads the versions without changing anything; works beside a running server.
result<std::vector<schema_state>> schema_status(const options& from);
/// Creates and migrates the files, then closes them again.
result<std::vector<schema_state>> migrate_stores(const options& from);
/// Integrity of every file that exists: SQLite's own check, then that every
/// delivery has its notification and every state is a known one. Answers one
/// sentence a problem, each beginning with the file; empty: sound. Reads
/// everything: minutes on a large store; works beside a running server.
result<std::vector<std::string>> check_stores(const options& from);

} // namespace carillon
