// Which server a command talks to, and with which key.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/cli/api_client.hpp"
#include "runtime/cli/command.hpp"

namespace carillon::cli {

struct target {
  std::string server; ///< empty: CARILLON_URL, else http://127.0.0.1:8080
  std::string key;    ///< empty: CARILLON_KEY, else the admin.key of `config`'s data folder
  std::filesystem::path config;
  unsigned timeout_s = 30; ///< of one call, 1..3600
};

/// --server, --key, --config and --timeout.
void add_target(CLI::App& cmd, target& where);

/// Throws command_error `usage` where there is no key.
api_client connect(session& s, const target& where);

} // namespace carillon::cli
