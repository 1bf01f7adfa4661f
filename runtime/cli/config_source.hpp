// Configuration for commands that need it, with its problems said to the person.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/problem.hpp"
#include "runtime/cli/session.hpp"

namespace carillon::cli {

struct read_configuration {
  options values;                       ///< usable only without errors
  std::vector<config_problem> problems; ///< errors and warnings, in the order of the file
};

/// Loads and validates: file (empty: the embedded default), environment, `sets`
/// (`section.key=value`).
read_configuration read_config(const session& s, const std::filesystem::path& file,
                               const std::vector<std::string>& sets = {});

/// `2 errors, 1 warning`; `no problems`.
std::string count_of(const std::vector<config_problem>& problems);

/// Prints the problems on standard error and throws command_error `usage` where
/// one of them is an error; else nothing is printed.
void refuse_errors(session& s, const read_configuration& read);

/// The options of a file that must be right.
options load_checked(session& s, const std::filesystem::path& file, const std::vector<std::string>& sets = {});

} // namespace carillon::cli
