// A command: its arguments on the parser, and the work once they are understood.
// `run.cpp` holds the table of all; each group stands in the file named after it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "runtime/cli/session.hpp"

namespace carillon::cli {

/// The work of a command: returns the exit code, or throws command_error.
using command = std::function<int(session&)>;

/// Adds a group to the parser; parsing puts the command a person chose into `chosen`.
using command_adder = void (*)(CLI::App& app, command& chosen);

void add_serve(CLI::App& app, command& chosen);
void add_check_config(CLI::App& app, command& chosen);
void add_send(CLI::App& app, command& chosen);
void add_explain(CLI::App& app, command& chosen);
void add_status(CLI::App& app, command& chosen);
void add_tail(CLI::App& app, command& chosen);
void add_dead_letters(CLI::App& app, command& chosen);
void add_providers(CLI::App& app, command& chosen);
void add_keys(CLI::App& app, command& chosen);
void add_sandbox(CLI::App& app, command& chosen);
void add_migrate(CLI::App& app, command& chosen);
void add_archive(CLI::App& app, command& chosen);
void add_version(CLI::App& app, command& chosen);

/// Makes `work(session, arguments)` the command chosen when `app` is parsed to its
/// end, without a sub-command of its own. The arguments live as long as the parser.
template <class Arguments>
void on_chosen(CLI::App& app, command& chosen, std::shared_ptr<Arguments> arguments,
               int (*work)(session&, const Arguments&)) {
  app.callback([&app, &chosen, arguments, work] {
    if (app.get_subcommands().empty())
      chosen = [arguments, work](session& s) { return work(s, *arguments); };
  });
}

} // namespace carillon::cli
