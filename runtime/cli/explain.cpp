// `explain`: what the engine would do with a request; nothing is stored or sent.
#include <fstream>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

#include "runtime/cli/command.hpp"
#include "runtime/cli/problem.hpp"
#include "runtime/cli/show_notification.hpp"
#include "runtime/cli/target.hpp"

namespace carillon::cli {
namespace {

struct explain_arguments {
  target where;
  std::string file;
  bool json = false;
};

nlohmann::json read_request(session& s, const std::string& file) {
  std::ostringstream text;
  if (file == "-") {
    text << s.in.rdbuf();
  } else {
    std::ifstream in{file, std::ios::binary};
    if (!in)
      throw command_error{usage,
                          "cannot open " + file + "; name a file with the request's JSON, or - for standard input."};
    text << in.rdbuf();
  }
  try {
    return nlohmann::json::parse(text.str());
  } catch (const nlohmann::json::parse_error& error) {
    throw command_error{usage, (file == "-" ? std::string{"standard input"} : file) + " is not JSON: " + error.what()};
  }
}

void say(session& s, std::string_view label, const std::string& text) {
  if (!text.empty())
    s.out << "  " << s.style(tone::dim, padded(label, 11)) << text << '\n';
}

std::string names_of(const nlohmann::json& list) {
  std::string names;
  for (auto& name : list)
    names.append(names.empty() ? "" : ", ").append(printable(name.is_string() ? name.get<std::string>() : name.dump()));
  return names;
}

std::string limit_text(const nlohmann::json& limit, sys_time now) {
  std::ostringstream text;
  text << printable(text_of(limit, "name")) << ": " << limit.value("remaining", 0.0) << " left";
  if (const auto resets = relative_of(limit, "resets_at", now); !resets.empty())
    text << ", full again " << resets;
  return text.str();
}

/// The server's clock and ours may differ a little: what is not ahead is now.
std::string earliest_text(const nlohmann::json& d, sys_time now) {
  auto text = relative_of(d, "earliest_at", now);
  if (text.starts_with("in "))
    return text;
  return d.contains("waiting_for") ? "not known" : "now";
}

void explain_delivery(session& s, const nlohmann::json& d) {
  const auto status = printable(text_of(d, "status"));
  s.out << s.style(tone::strong, printable(text_of(d, "channel"))) << "  " << printable(text_of(d, "address")) << "  "
        << s.style(tone_of(status), status) << '\n';
  const auto decision = d.value("decision", nlohmann::json::object());
  say(s, "decided", printable(text_of(decision, "rule") + ": " + text_of(decision, "reason")));
  say(s, "earliest", earliest_text(d, s.now()));
  say(s, "waits", waiting_text(d, s.now()));
  say(s, "providers", names_of(d.value("providers", nlohmann::json::array())));
  const auto content = d.value("content", nlohmann::json::object());
  say(s, "title", printable(text_of(content, "title")));
  say(s, "body", printable(text_of(content, "body")));
  for (auto& limit : d.value("limits", nlohmann::json::array()))
    say(s, "limit", limit_text(limit, s.now()));
}

int explain(session& s, const explain_arguments& given) {
  const auto request = read_request(s, given.file);
  auto api = connect(s, given.where);
  const auto answer = api.post("/v1/notifications/explain", request).body;
  if (given.json) {
    s.out << answer.dump(2) << '\n';
    return done;
  }
  const auto deliveries = answer.value("deliveries", nlohmann::json::array());
  if (deliveries.empty())
    s.out << "Nothing would be sent: no channel applies to this person.\n";
  for (auto& delivery : deliveries)
    explain_delivery(s, delivery);
  return done;
}

} // namespace

void add_explain(CLI::App& app, command& chosen) {
  auto given = std::make_shared<explain_arguments>();
  auto* cmd =
    app.add_subcommand("explain", "Dry run of a request: per channel the decision, its rule and the earliest time.");
  cmd->add_option("file", given->file, "The request's JSON, as for POST /v1/notifications; - for standard input")
    ->required();
  cmd->add_flag("--json", given->json, "The API's own answer");
  add_target(*cmd, given->where);
  cmd->footer(
    "Examples:\n"
    "  carillon explain request.json\n"
    "  echo '{\"user_id\": \"u_1\", \"type\": \"welcome\", \"content\": {\"body\": \"Hello\"}}' | carillon explain -");
  on_chosen(*cmd, chosen, given, explain);
}

} // namespace carillon::cli
