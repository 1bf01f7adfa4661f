#include "runtime/cli/run.hpp"

#include <array>
#include <ostream>

#include "runtime/cli/command.hpp"
#include "runtime/cli/usage_text.hpp"

namespace carillon::cli {
namespace {

/// Every command group, in the order of the help.
constexpr std::array<command_adder, 13> commands{
  add_serve,     add_check_config, add_send,    add_explain, add_status,  add_tail,    add_dead_letters,
  add_providers, add_keys,         add_sandbox, add_migrate, add_archive, add_version,
};

constexpr const char* about = "carillon sends notifications: it decides for each person whether, when and how to\n"
                              "reach them, delivers through real providers, and can say afterwards what happened.";

constexpr const char* environment_help = R"(Environment:
  CARILLON_URL   the server, unless --server says it (http://127.0.0.1:8080)
  CARILLON_KEY   the API key, unless --key says it (else ./data/admin.key)
  NO_COLOR       plain output on a terminal too

Exit codes: 0 done, 1 the work failed, 2 bad usage or configuration, 69 no answer from the service

Start here:
  carillon serve
  carillon send --user u_1 --type welcome --channel in_app --wait)";

/// Help is an error to CLI11 too: the one with exit code 0.
int parse_result(CLI::App& app, const CLI::ParseError& what, session& with) {
  if (what.get_exit_code() == 0) {
    app.exit(what, with.out, with.err);
    return done;
  }
  with.err << "carillon: " << usage_text(app, what) << '\n';
  return usage;
}

int run_chosen(const command& chosen, session& with) {
  try {
    return chosen(with);
  } catch (const command_error& error) {
    with.err << "carillon: " << error.what() << '\n';
    return error.code();
  } catch (const std::exception& error) {
    with.err << "carillon: " << error.what() << '\n';
    return failed;
  }
}

} // namespace

int run(int argc, const char* const* argv, session& with) {
  CLI::App app{about, "carillon"};
  app.footer(environment_help);
  app.require_subcommand(1);
  command chosen;
  for (auto add : commands)
    add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& what) {
    return parse_result(app, what, with);
  }
  const int code = run_chosen(chosen, with);
  with.out.flush();
  return code;
}

int run(int argc, const char* const* argv) {
  auto real = process_session();
  return run(argc, argv, real);
}

} // namespace carillon::cli
