// Integrity of the files: SQLite's own check, then what SQLite cannot know.
#include <array>

#include "runtime/store/folder.hpp"
#include "runtime/store/sqlite/faults.hpp"
#include "runtime/store/stores.hpp"

namespace carillon {
namespace {

constexpr int problems_of_file = 100;

/// A query that counts the rows that break an invariant, and what to call them.
struct invariant {
  const char* violations;
  std::string_view says;
};

constexpr std::array lane_invariants{
  invariant{"SELECT count(*) FROM delivery d LEFT JOIN notification n ON n.key = d.notification WHERE n.key IS NULL",
            "deliveries without their notification"},
  invariant{"SELECT count(*) FROM notification n WHERE deliveries <> (SELECT count(*) FROM delivery d "
            "WHERE d.key BETWEEN n.key + 1 AND n.key + n.deliveries)",
            "notifications that lack deliveries"},
  invariant{"SELECT count(*) FROM delivery WHERE status NOT BETWEEN 0 AND 11", "deliveries in an unknown state"},
  invariant{"SELECT count(*) FROM delivery WHERE status = 2 AND attempt_count = 0",
            "deliveries being sent without a recorded attempt"},
  invariant{"SELECT count(*) FROM delivery d LEFT JOIN queue q ON q.id = d.queue WHERE d.status < 4 AND q.id IS NULL",
            "unfinished deliveries in an unknown queue"},
};

void check_sqlite(connection& db, const std::string& name, std::vector<std::string>& problems) {
  auto rows = db.use("PRAGMA integrity_check(100)");
  for (int n = 0; n < problems_of_file && rows.step(); ++n)
    if (rows.view(0) != "ok")
      problems.push_back(name + ": " + rows.text(0));
}

void check_lane(connection& db, const std::string& name, std::vector<std::string>& problems) {
  for (auto& rule : lane_invariants)
    if (auto count = db.number(rule.violations); count > 0)
      problems.push_back(name + ": " + std::to_string(count) + " " + std::string{rule.says});
}

void check_file(const store_file& file, bool is_lane, std::vector<std::string>& problems) try {
  auto version = version_of(file);
  if (version == 0)
    return;
  if (version != file.newest_version()) {
    problems.push_back(file.name + ": schema version " + std::to_string(version) + ", this program writes "
                       + std::to_string(file.newest_version()) + "; run carillon migrate");
    return;
  }
  auto db = open_for_reading(file);
  check_sqlite(*db, file.name, problems);
  if (is_lane)
    check_lane(*db, file.name, problems);
} catch (const sqlite_error& e) {
  problems.push_back(fault_of(e, file.path.string()).detail);
}

} // namespace

result<std::vector<std::string>> check_stores(const options& from) {
  auto files = files_of(from.store);
  std::vector<std::string> problems;
  check_file(files.control, false, problems);
  check_file(files.critical, true, problems);
  check_file(files.bulk, true, problems);
  check_file(files.inbox, false, problems);
  return problems;
}

} // namespace carillon
