// `sandbox`: what the sandbox provider took in place of a vendor.
#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/argument_checks.hpp"
#include "runtime/cli/command.hpp"
#include "runtime/cli/problem.hpp"
#include "runtime/cli/show_notification.hpp"
#include "runtime/cli/target.hpp"

namespace carillon::cli {
namespace {

struct sandbox_arguments {
  target where;
  std::size_t limit = 20;
  bool json = false;
};

std::string summary_of(const nlohmann::json& content) {
  const auto title = text_of(content, "title"), body = text_of(content, "body");
  return printable(title.empty() || body.empty() ? title + body : title + ": " + body);
}

int list_messages(session& s, const sandbox_arguments& given) {
  auto api = connect(s, given.where);
  const auto answer = api.get("/v1/sandbox/messages" + query{}.add("limit", std::to_string(given.limit)).text()).body;
  if (given.json) {
    s.out << answer.dump(2) << '\n';
    return done;
  }
  table rows{{"TAKEN", "CHANNEL", "TO", "NOTIFICATION", "CONTENT"}};
  for (auto& message : answer.value("data", nlohmann::json::array()))
    rows.add({relative_of(message, "at", s.now()), printable(text_of(message, "channel")),
              printable(text_of(message, "to")), printable(text_of(message, "notification_id")),
              summary_of(message.value("content", nlohmann::json::object()))});
  if (rows.empty())
    s.out << "The sandbox took no messages since the service started.\n";
  else
    rows.print(s.out, s.style);
  return done;
}

} // namespace

void add_sandbox(CLI::App& app, command& chosen) {
  auto given = std::make_shared<sandbox_arguments>();
  auto* cmd = app.add_subcommand("sandbox", "List what the sandbox took in place of a vendor, newest first.");
  cmd->add_option("--limit", given->limit, "Rows, 1 to 200")->check(whole_number(1, 200))->capture_default_str();
  cmd->add_flag("--json", given->json, "The API's own answer");
  add_target(*cmd, given->where);
  cmd->footer("Example:\n  carillon sandbox --limit 5");
  on_chosen(*cmd, chosen, given, list_messages);
}

} // namespace carillon::cli
