// `status ID`: what happened to one notification.
#include <ostream>

#include "runtime/cli/command.hpp"
#include "runtime/cli/show_notification.hpp"
#include "runtime/cli/target.hpp"
#include "runtime/cli/wait.hpp"

namespace carillon::cli {
namespace {

struct status_arguments {
  target where;
  std::string id;
  wait_options wait;
  bool json = false;
};

int print_status(session& s, const status_arguments& given) {
  auto api = connect(s, given.where);
  if (given.wait.wanted)
    return wait_and_show(s, api, given.id, given.wait, given.json);
  const auto notification = api.get("/v1/notifications/" + url_escape(given.id)).body;
  if (given.json)
    s.out << notification.dump(2) << '\n';
  else
    show_notification(s, notification);
  return done;
}

} // namespace

void add_status(CLI::App& app, command& chosen) {
  auto given = std::make_shared<status_arguments>();
  auto* cmd = app.add_subcommand("status", "Show the timeline of one notification.");
  cmd->add_option("id", given->id, "The notification's id, as `send` printed it")->required();
  add_wait(*cmd, given->wait);
  cmd->add_flag("--json", given->json, "The API's own answer");
  add_target(*cmd, given->where);
  cmd->footer(std::string{wait_codes}
              + "Examples:\n"
                "  carillon status 01997b3e-8c4a-7d11-9f60-6a0b8f3c2d15\n"
                "  carillon status 01997b3e-8c4a-7d11-9f60-6a0b8f3c2d15 --wait --json");
  on_chosen(*cmd, chosen, given, print_status);
}

} // namespace carillon::cli
