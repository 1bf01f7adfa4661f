// `archive`: refused with the reason, because the embedded store has no archive.
#include "runtime/cli/command.hpp"
#include "runtime/cli/config_source.hpp"

namespace carillon::cli {
namespace {

struct archive_arguments {
  std::filesystem::path file;
  std::string day;
};

int archive(session& s, const archive_arguments& given) {
  const auto from = load_checked(s, given.file);
  throw command_error{usage, "the embedded store (" + from.store.url
                               + ") cannot be archived: it keeps finished notifications in its own files for\n"
                                 "  store.retention and then deletes them. Raise store.retention to keep them longer. "
                                 "Nothing was done."};
}

} // namespace

void add_archive(CLI::App& app, command& chosen) {
  auto given = std::make_shared<archive_arguments>();
  auto* cmd = app.add_subcommand("archive", "Not available for the embedded store; says what to do instead.");
  cmd->add_option("--config", given->file, "Configuration file; without one the embedded default");
  cmd->add_option("--day", given->day, "YYYY-MM-DD");
  on_chosen(*cmd, chosen, given, archive);
}

} // namespace carillon::cli
