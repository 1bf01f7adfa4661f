#include "config/problem.hpp"

#include <algorithm>
#include <tuple>

namespace carillon {

namespace {

/// The place of the longest known path that `key` begins with.
const place* nearest(const std::string& key, const places& known) {
  for (std::string path = key; !path.empty();) {
    if (auto found = known.find(path); found != known.end())
      return &found->second;
    auto dot = path.rfind('.');
    path.resize(dot == std::string::npos ? 0 : dot);
  }
  return nullptr;
}

} // namespace

std::string to_string(const config_problem& problem) {
  std::string text = problem.source.empty() ? "configuration" : problem.source;
  if (problem.line > 0)
    text += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
  text += problem.level == severity::error ? ": error: " : ": warning: ";
  if (!problem.key.empty())
    text += problem.key + ": ";
  text += problem.message + ".";
  return problem.remedy.empty() ? text : text + " " + problem.remedy;
}

bool has_errors(const std::vector<config_problem>& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const config_problem& p) { return p.level == severity::error; });
}

void locate(std::vector<config_problem>& problems, const places& known) {
  for (auto& problem : problems) {
    if (!problem.source.empty())
      continue;
    if (const place* at = nearest(problem.key, known)) {
      problem.source = at->source;
      problem.line = at->line;
      problem.column = at->column;
    }
  }
  std::stable_sort(problems.begin(), problems.end(), [](const config_problem& a, const config_problem& b) {
    return std::tie(a.source, a.line, a.column) < std::tie(b.source, b.line, b.column);
  });
}

} // namespace carillon
