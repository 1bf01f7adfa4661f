// What is wrong with a configuration, said so that a person can put it right.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace carillon {

/// Where a value was given. `line` and `column` count from 1; 0 outside of a file.
struct place {
  std::string source; ///< file name, `environment` or `--set`
  int line = 0, column = 0;
};
/// Places by key path (`providers.main.base_url`).
using places = std::map<std::string, place>;

enum class severity { error, warning };

/// One problem. Never carries the value of a secret.
struct config_problem {
  int line = 0, column = 0; ///< from 1; 0 where the value does not stand in a file
  std::string key;          ///< path of the setting; empty for the file as a whole
  std::string message;      ///< what is wrong and what the limit is
  std::string remedy;       ///< what to do about it
  severity level = severity::error;
  std::string source = {}; ///< as in `place`
};

/// `carillon.toml:12:3: error: server.max_body: 99 bytes is too small. Use ...`
std::string to_string(const config_problem& problem);

/// True where one of them keeps the program from starting.
bool has_errors(const std::vector<config_problem>& problems);

/// Gives every problem without a place that of its key, or of the nearest section
/// around it, and sorts all by source and position.
void locate(std::vector<config_problem>& problems, const places& known);

} // namespace carillon
