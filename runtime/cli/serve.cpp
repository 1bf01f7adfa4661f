// `serve`: the engine itself.
#include "runtime/engine/serve.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/command.hpp"
#include "runtime/cli/config_source.hpp"

namespace carillon::cli {
namespace {

struct serve_arguments {
  std::filesystem::path file;
  std::vector<std::string> sets;
};

/// Standard error of a running server is one JSON object a line, from the first on.
void log_warnings(session& s, const std::vector<config_problem>& problems) {
  for (auto& problem : problems)
    s.err << nlohmann::json{{"level", "warning"}, {"event", "configuration"}, {"message", to_string(problem)}}.dump()
          << '\n';
}

int run_server(session& s, const serve_arguments& given) {
  const auto read = read_config(s, given.file, given.sets);
  refuse_errors(s, read);
  log_warnings(s, read.problems);
  s.err.flush();
  return carillon::serve(read.values);
}

} // namespace

void add_serve(CLI::App& app, command& chosen) {
  auto given = std::make_shared<serve_arguments>();
  auto* cmd = app.add_subcommand("serve", "Run the service.");
  cmd->add_option("--config", given->file, "Configuration file; without one the embedded default");
  cmd->add_option("--set", given->sets, "section.key=value, over file and environment; repeat for several")
    ->allow_extra_args(false);
  cmd->footer("Settings are read from built-in defaults, the file, CARILLON_SECTION_KEY and --set, in this order.\n"
              "SIGTERM ends it in order within server.shutdown_grace; a second one at once (exit 143).\n"
              "Examples:\n"
              "  carillon serve\n"
              "  carillon serve --config carillon.toml --set server.listen=127.0.0.1:9000");
  on_chosen(*cmd, chosen, given, run_server);
}

} // namespace carillon::cli
