#include "runtime/cli/config_source.hpp"

#include <algorithm>
#include <ostream>

#include "actors/providers/check.hpp"
#include "actors/providers/protocol.hpp"
#include "config/load.hpp"

namespace carillon::cli {
namespace {

std::string counted(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

/// What the configuration must know of the table in actors/providers/protocols.cpp.
std::vector<protocol_facts> all_protocol_facts() {
  std::vector<protocol_facts> facts;
  for (auto& p : protocols())
    facts.push_back({p.name, p.channel, p.credential_keys, p.needs_from, p.needs_base_url, p.needs_signing_secret});
  return facts;
}

/// `what is wrong; what to do.` as message and remedy.
config_problem problem_of(const std::string& section, const provider_problem& found) {
  config_problem problem;
  problem.key = section + found.key;
  const auto cut = found.detail.rfind("; ");
  problem.message = found.detail.substr(0, cut);
  if (cut != std::string::npos)
    problem.remedy = found.detail.substr(cut + 2);
  else if (problem.message.ends_with('.'))
    problem.message.pop_back();
  return problem;
}

/// What only a protocol can judge (an address, a secret's form), for settings in
/// which nothing else is wrong.
void ask_protocols(loaded& read) {
  for (auto& [name, provider] : read.value.providers) {
    const auto section = "providers." + name + ".";
    for (auto& found : problems_of(provider)) {
      const auto setting = section + found.key.substr(0, found.key.find('.'));
      const bool known = std::any_of(read.problems.begin(), read.problems.end(),
                                     [&](const config_problem& p) { return p.key.starts_with(setting); });
      if (!known)
        read.problems.push_back(problem_of(section, found));
    }
  }
  locate(read.problems, read.where);
}

} // namespace

read_configuration read_config(const session& s, const std::filesystem::path& file,
                               const std::vector<std::string>& sets) {
  load_request request;
  if (!file.empty())
    request.file = file;
  request.environment = s.environment;
  request.set = sets;
  const auto facts = all_protocol_facts();
  auto read = load_and_validate(request, facts);
  ask_protocols(read);
  return {std::move(read.value), std::move(read.problems)};
}

std::string count_of(const std::vector<config_problem>& problems) {
  const auto errors = static_cast<std::size_t>(std::count_if(
    problems.begin(), problems.end(), [](const config_problem& p) { return p.level == severity::error; }));
  const auto warnings = problems.size() - errors;
  if (problems.empty())
    return "no problems";
  if (warnings == 0)
    return counted(errors, "error");
  return errors == 0 ? counted(warnings, "warning") : counted(errors, "error") + ", " + counted(warnings, "warning");
}

void refuse_errors(session& s, const read_configuration& read) {
  if (!has_errors(read.problems))
    return;
  for (auto& problem : read.problems)
    s.err << to_string(problem) << '\n';
  throw command_error{usage, "the configuration cannot be used: " + count_of(read.problems) + "."};
}

options load_checked(session& s, const std::filesystem::path& file, const std::vector<std::string>& sets) {
  auto read = read_config(s, file, sets);
  refuse_errors(s, read);
  return std::move(read.values);
}

} // namespace carillon::cli
