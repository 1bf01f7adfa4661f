// `--wait`: watching one notification until there is nothing left to wait for.
#pragma once

#include <string>

#include "runtime/cli/api_client.hpp"
#include "runtime/cli/command.hpp"

namespace carillon::cli {

struct wait_options {
  bool wanted = false;
  unsigned timeout_s = 300; ///< 1..86400
};

/// --wait and --wait-timeout.
void add_wait(CLI::App& cmd, wait_options& how);

/// What the exit codes of a command that may wait mean, for its help.
extern const char* const wait_codes;

/// Asks until the notification is finished or held, the time is over or the person
/// interrupts, and shows it as it is then. Answers `done` where it was sent, else
/// `failed`, with the reason on standard error where the status does not say it.
int wait_and_show(session& s, api_client& api, const std::string& id, const wait_options& how, bool as_json);

} // namespace carillon::cli
