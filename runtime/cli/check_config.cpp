// `check-config`: every problem of a configuration at once.
#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/command.hpp"
#include "runtime/cli/config_source.hpp"

namespace carillon::cli {
namespace {

struct check_config_arguments {
  std::filesystem::path file;
  std::vector<std::string> sets;
  bool json = false;
};

nlohmann::json json_of(const config_problem& problem) {
  return {{"severity", problem.level == severity::error ? "error" : "warning"},
          {"source", problem.source},
          {"line", problem.line},
          {"column", problem.column},
          {"key", problem.key},
          {"message", problem.message},
          {"remedy", problem.remedy}};
}

void print_json(session& s, const std::vector<config_problem>& problems) {
  nlohmann::json answer{{"valid", !has_errors(problems)}, {"problems", nlohmann::json::array()}};
  for (auto& problem : problems)
    answer["problems"].push_back(json_of(problem));
  s.out << answer.dump(2) << '\n';
}

void print_text(session& s, const std::vector<config_problem>& problems) {
  for (auto& problem : problems)
    s.out << to_string(problem) << '\n';
  if (has_errors(problems))
    s.out << count_of(problems) << '\n';
  else if (problems.empty())
    s.out << s.style(tone::good, "configuration is valid") << '\n';
  else
    s.out << s.style(tone::good, "configuration is valid") << ", with " << count_of(problems) << '\n';
}

int check_config(session& s, const check_config_arguments& given) {
  const auto read = read_config(s, given.file, given.sets);
  if (given.json)
    print_json(s, read.problems);
  else
    print_text(s, read.problems);
  return has_errors(read.problems) ? usage : done;
}

} // namespace

void add_check_config(CLI::App& app, command& chosen) {
  auto given = std::make_shared<check_config_arguments>();
  auto* cmd = app.add_subcommand("check-config", "Check a configuration: every problem with its line, key and remedy.");
  cmd->add_option("file", given->file, "The configuration file")->required();
  cmd->add_option("--set", given->sets, "section.key=value, as for serve; repeat for several")->allow_extra_args(false);
  cmd->add_flag("--json", given->json, "As JSON");
  cmd->footer("Exit codes: 0 valid (warnings allowed), 2 not usable\n"
              "Example:\n  carillon check-config carillon.toml");
  on_chosen(*cmd, chosen, given, check_config);
}

} // namespace carillon::cli
