#include "runtime/store/stores.hpp"

#include "runtime/store/control/sqlite_control_store.hpp"
#include "runtime/store/folder.hpp"
#include "runtime/store/inbox/sqlite_inbox_store.hpp"
#include "runtime/store/lane/sqlite_lane_store.hpp"
#include "runtime/store/sqlite/faults.hpp"

namespace carillon {
namespace {

status_result migrate_all(const folder_files& files) {
  for (auto* file : files.all())
    if (auto done = migrate(*file); !done)
      return done;
  return ok;
}

std::unique_ptr<lane_store> open_lane(const std::shared_ptr<store_folder>& folder, const folder_files& files, lane l,
                                      const options& from, const wall_clock& clock, store_observer& watch) {
  auto critical = l == lane::critical;
  auto& own = critical ? folder->critical_keys : folder->bulk_keys;
  auto& other = critical ? folder->bulk_keys : folder->critical_keys;
  claim_book claims{own, other, files.of(critical ? lane::bulk : lane::critical), from.server.idempotency_ttl};
  upkeep_config upkeep;
  upkeep.retention = from.store.retention;
  return std::make_unique<sqlite_lane_store>(folder, files.of(l), std::move(claims), upkeep, clock, watch);
}

template <class Store>
void add_problem(const Store& store, std::vector<store_problem>& into) {
  if (auto why = store.trouble())
    into.push_back({store.name(), *why});
}

stores open_files(folder_lock lock, const folder_files& files, const options& from, const wall_clock& clock,
                  store_observer& watch) {
  stores open;
  open.folder = std::make_shared<store_folder>(std::move(lock));
  open.critical = open_lane(open.folder, files, lane::critical, from, clock, watch);
  open.bulk = open_lane(open.folder, files, lane::bulk, from, clock, watch);
  open.control = std::make_unique<sqlite_control_store>(open.folder, files.control, clock, watch);
  open.inbox = std::make_unique<sqlite_inbox_store>(open.folder, files.inbox, from.store.retention, clock, watch);
  return open;
}

bool is_empty(const store_file& file) {
  std::error_code missing;
  auto size = std::filesystem::file_size(file.path, missing);
  return missing || size == 0;
}

/// A file that got lost beside others is made anew, and not without a word.
void tell_of_lost(const folder_files& files, store_observer& watch) {
  auto all = files.all();
  if (std::all_of(all.begin(), all.end(), [](auto* file) { return is_empty(*file); }))
    return; // a new folder
  for (auto* file : all)
    if (is_empty(*file))
      watch.began_empty(file->name);
}

result<std::vector<schema_state>> states_of(const folder_files& files) {
  std::vector<schema_state> all;
  for (auto* file : files.all()) {
    try {
      all.push_back({file->name, version_of(*file), file->newest_version()});
    } catch (const sqlite_error& e) {
      return fault_of(e, file->path.string());
    }
  }
  return all;
}

} // namespace

// The types are those `open_stores` made: nobody else can make a store_folder.
std::vector<store_problem> stores::problems() const {
  std::vector<store_problem> all;
  for (auto* one : {critical.get(), bulk.get()})
    add_problem(static_cast<const sqlite_lane_store&>(*one), all);
  add_problem(static_cast<const sqlite_control_store&>(*control), all);
  add_problem(static_cast<const sqlite_inbox_store&>(*inbox), all);
  return all;
}

result<stores> open_stores(const options& from, const wall_clock& clock, store_observer& watch) {
  auto files = files_of(from.store);
  if (auto made = make_folder(from.store.folder); !made)
    return made.error();
  auto lock = folder_lock::take(from.store.folder);
  if (!lock)
    return lock.error();
  tell_of_lost(files, watch);
  if (auto closed = make_private(files); !closed)
    return closed.error();
  if (auto done = migrate_all(files); !done)
    return done.error();
  try {
    return open_files(std::move(*lock), files, from, clock, watch);
  } catch (const sqlite_error& e) {
    return fault_of(e, from.store.folder.string());
  }
}

result<std::vector<schema_state>> schema_status(const options& from) {
  return states_of(files_of(from.store));
}

result<std::vector<schema_state>> migrate_stores(const options& from) {
  auto files = files_of(from.store);
  if (auto made = make_folder(from.store.folder); !made)
    return made.error();
  auto lock = folder_lock::take(from.store.folder);
  if (!lock)
    return lock.error();
  if (auto closed = make_private(files); !closed)
    return closed.error();
  if (auto done = migrate_all(files); !done)
    return done.error();
  return states_of(files);
}

} // namespace carillon
