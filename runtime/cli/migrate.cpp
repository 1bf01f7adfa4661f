// `migrate`: the schema of the embedded store, and whether its files are sound.
#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/command.hpp"
#include "runtime/cli/config_source.hpp"
#include "runtime/cli/local_store.hpp"
#include "runtime/store/stores.hpp"

namespace carillon::cli {
namespace {

struct migrate_arguments {
  std::filesystem::path file;
  bool status = false, check = false, json = false;
};

template <class T>
T must(result<T> answer) {
  if (!answer)
    throw as_command_error(answer.error());
  return std::move(*answer);
}

const char* state_of(const schema_state& file) {
  if (file.version == 0)
    return "not there yet";
  if (file.version == file.wanted)
    return "current";
  return file.version < file.wanted ? "to be migrated" : "of a newer carillon";
}

void print_versions(session& s, const std::vector<schema_state>& files, bool as_json) {
  if (as_json) {
    nlohmann::json data = nlohmann::json::array();
    for (auto& f : files)
      data.push_back({{"file", f.file}, {"version", f.version}, {"wanted", f.wanted}});
    s.out << nlohmann::json{{"data", data}}.dump(2) << '\n';
    return;
  }
  table rows{{"FILE", "VERSION", "WANTED", "STATE"}};
  for (auto& f : files)
    rows.add({f.file, std::to_string(f.version), std::to_string(f.wanted), state_of(f)});
  rows.print(s.out, s.style);
}

int check_integrity(session& s, const options& from, bool as_json) {
  const auto problems = must(check_stores(from));
  if (as_json)
    s.out << nlohmann::json{{"sound", problems.empty()}, {"problems", problems}}.dump(2) << '\n';
  else if (problems.empty())
    s.out << s.style(tone::good, "sound") << ": every file of " << from.store.folder.string()
          << " was read and checked.\n";
  else
    for (auto& problem : problems)
      s.out << s.style(tone::bad, "damaged") << "  " << printable(problem) << '\n';
  return problems.empty() ? done : failed;
}

int migrate(session& s, const migrate_arguments& given) {
  const auto from = load_checked(s, given.file);
  if (given.check)
    return check_integrity(s, from, given.json);
  print_versions(s, must(given.status ? schema_status(from) : migrate_stores(from)), given.json);
  return done;
}

} // namespace

void add_migrate(CLI::App& app, command& chosen) {
  auto given = std::make_shared<migrate_arguments>();
  auto* cmd = app.add_subcommand("migrate", "Bring the store's schema to this version, or look at it.");
  cmd->add_option("--config", given->file, "Configuration file; without one the embedded default");
  auto* status = cmd->add_flag("--status", given->status, "Only show the versions; works beside a running service");
  cmd->add_flag("--check", given->check, "Read every file and check its integrity; exit 1 where one is damaged")
    ->excludes(status);
  cmd->add_flag("--json", given->json, "As JSON");
  cmd->footer("`carillon serve` migrates by itself; this is for doing it apart.\n"
              "Examples:\n"
              "  carillon migrate --config carillon.toml --status\n"
              "  carillon migrate --config carillon.toml --check");
  on_chosen(*cmd, chosen, given, migrate);
}

} // namespace carillon::cli
