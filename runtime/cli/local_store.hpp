// The embedded store without a server: for commands that work on the files.
#pragma once

#include "config/options.hpp"
#include "messages/domain.hpp"
#include "runtime/cli/session.hpp"

namespace carillon::cli {

/// Keeps a key in the store of `from`; returns once it is durable. Throws
/// command_error `failed` where it cannot, e.g. because a server holds the folder.
void keep_key(const options& from, const api_key& key, sys_time now);

/// A fault as an error of the command line.
command_error as_command_error(const fault& what);

} // namespace carillon::cli
