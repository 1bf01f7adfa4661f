// Where a configuration comes from: built-in defaults, then the file, then the
// environment (`CARILLON_SECTION_KEY`), then `--set section.key=value`.
//
// A file with a [providers] section says all providers and channels there are:
// the default ones (sandbox and in_app) are gone then, so that nothing meant for
// a vendor ends in a sandbox. Without one they stand, and [channels.*], the
// environment and --set amend them.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/problem.hpp"
#include "config/validate.hpp"

namespace carillon {

struct load_request {
  std::optional<std::filesystem::path> file;      ///< at most 1 MiB
  std::map<std::string, std::string> environment; ///< of the process
  std::vector<std::string> set;                   ///< arguments of --set, in order
};

struct loaded {
  options value; ///< with the default wherever there is a problem
  std::vector<config_problem> problems;
  places where; ///< where each setting was given
};

/// Reads all sources; problems of form only: unknown keys, types, ranges. Relative
/// paths (store, secrets, certificates) are those of the file's folder, without a
/// file of the working directory. Reads files; throws nothing but bad_alloc.
loaded load_options(const load_request& request);

/// `load_options`, then `validate`; every problem at its place, in order.
loaded load_and_validate(const load_request& request, std::span<const protocol_facts> protocols);

/// The environment of this process, for a `load_request`.
std::map<std::string, std::string> process_environment();

} // namespace carillon
