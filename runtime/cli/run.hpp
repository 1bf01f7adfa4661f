// The command line of carillon.
#pragma once

#include "runtime/cli/session.hpp"

namespace carillon::cli {

/// Parses and runs; answers the process's exit code (see exit_code).
int run(int argc, const char* const* argv, session& with);

/// The same in this process's own terminal.
int run(int argc, const char* const* argv);

} // namespace carillon::cli
