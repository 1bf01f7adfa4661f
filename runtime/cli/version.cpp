#include "version.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/command.hpp"

namespace carillon::cli {
namespace {

struct version_arguments {
  bool json = false;
};

int print_version(session& s, const version_arguments& given) {
  if (given.json)
    s.out << nlohmann::json{{"name", "carillon"}, {"version", version}}.dump() << '\n';
  else
    s.out << "carillon " << version << '\n';
  return done;
}

} // namespace

void add_version(CLI::App& app, command& chosen) {
  auto given = std::make_shared<version_arguments>();
  auto* cmd = app.add_subcommand("version", "Print the version of this program.");
  cmd->add_flag("--json", given->json, "As JSON");
  on_chosen(*cmd, chosen, given, print_version);
}

} // namespace carillon::cli
