// `dead-letters`: what could not be delivered, and putting it back to work.
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/argument_checks.hpp"
#include "runtime/cli/command.hpp"
#include "runtime/cli/dead_letter_filter.hpp"
#include "runtime/cli/problem.hpp"
#include "runtime/cli/progress.hpp"
#include "runtime/cli/show_notification.hpp"
#include "runtime/cli/target.hpp"

namespace carillon::cli {
namespace {

constexpr duration poll_every = std::chrono::milliseconds{250};

struct list_dead_letters_arguments {
  target where;
  std::vector<std::string> filters;
  std::string cursor;
  std::size_t limit = 50;
  bool json = false;
};

struct show_arguments {
  target where;
  std::string id;
  bool json = false;
};

struct redrive_arguments {
  target where;
  std::vector<std::string> filters;
  std::string rate;
  bool dry_run = false, json = false;
};

void add_filter(CLI::App& cmd, std::vector<std::string>& filters) {
  cmd.add_option("--filter", filters,
                 "key=value with id, type, channel, provider, code, user, since or until; repeat for several");
}

void print_rows(session& s, const nlohmann::json& rows) {
  table lines{{"ID", "USER", "TYPE", "CHANNEL", "PROVIDER", "CODE", "ATTEMPTS", "DEAD", "REASON"}};
  for (auto& row : rows)
    lines.add({printable(text_of(row, "id")), printable(text_of(row, "user_id")), printable(text_of(row, "type")),
               printable(text_of(row, "channel")), printable(text_of(row, "provider")), printable(text_of(row, "code")),
               std::to_string(row.value("attempts", 0)), relative_of(row, "dead_at", s.now()),
               printable(text_of(row, "reason"))});
  lines.print(s.out, s.style);
}

int list_dead_letters(session& s, const list_dead_letters_arguments& given) {
  const auto filter = parse_dead_letter_filter(given.filters, s.now());
  auto api = connect(s, given.where);
  auto what = query_of(filter);
  what.add("limit", std::to_string(given.limit)).add("cursor", given.cursor);
  const auto answer = api.get("/v1/dead-letters" + what.text()).body;
  if (given.json) {
    s.out << answer.dump(2) << '\n';
    return done;
  }
  const auto rows = answer.value("data", nlohmann::json::array());
  if (rows.empty())
    s.out << "No dead letters.\n";
  else
    print_rows(s, rows);
  if (const auto next = text_of(answer, "next_cursor"); !next.empty())
    s.out << s.style(tone::dim, "more:  --cursor " + printable(next)) << '\n';
  return done;
}

/// A dead letter is shown as part of its notification: there stands why.
int show(session& s, const show_arguments& given) {
  auto api = connect(s, given.where);
  const auto found = api.get("/v1/dead-letters" + query{}.add("ids", given.id).text()).body;
  const auto rows = found.value("data", nlohmann::json::array());
  if (rows.empty())
    throw command_error{failed, "there is no dead letter " + given.id + "; it may have been redriven."};
  const auto notification = api.get("/v1/notifications/" + url_escape(text_of(rows[0], "notification_id"))).body;
  if (given.json)
    s.out << nlohmann::json{{"dead_letter", rows[0]}, {"notification", notification}}.dump(2) << '\n';
  else
    show_notification(s, notification);
  return done;
}

/// `50/s`, `50` or `0.5/s`.
double parse_rate(const std::string& text) {
  const std::string_view number = text.ends_with("/s") ? std::string_view{text}.substr(0, text.size() - 2) : text;
  double rate = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), rate);
  if (error != std::errc{} || end != number.data() + number.size() || !(rate > 0))
    throw command_error{usage, "--rate must be a positive number per second, like 50/s, but is \"" + text + "\"."};
  return rate;
}

int show_dry_run(session& s, const nlohmann::json& answer) {
  s.out << answer.value("matched", 0U) << " dead letters match; nothing was changed.\n";
  if (const auto sample = answer.value("sample", nlohmann::json::array()); !sample.empty())
    print_rows(s, sample);
  return done;
}

/// Follows the job on the server; Ctrl-C ends only the watching.
int follow(session& s, api_client& api, const nlohmann::json& started, bool as_json) {
  const auto id = text_of(started, "job_id");
  progress shown{s, "redriving", started.value("matched", std::size_t{0})};
  nlohmann::json job;
  do {
    job = api.get("/v1/jobs/" + url_escape(id)).body;
    if (!as_json)
      shown.show(job.value("processed", std::size_t{0}));
  } while (text_of(job, "status") == "running" && s.pause(poll_every));
  shown.end();
  if (as_json)
    s.out << job.dump(2) << '\n';
  else if (text_of(job, "status") == "running")
    s.out << "The job goes on without this command: " << id << '\n';
  else
    s.out << job.value("redriven", 0U) << " deliveries are queued again.\n";
  if (text_of(job, "status") == "failed")
    throw command_error{failed, "the job failed: " + printable(text_of(job, "detail"))};
  return done;
}

int redrive(session& s, const redrive_arguments& given) {
  nlohmann::json request{{"filter", body_of(parse_dead_letter_filter(given.filters, s.now()))},
                         {"dry_run", given.dry_run}};
  if (!given.rate.empty())
    request["rate"] = parse_rate(given.rate);
  auto api = connect(s, given.where);
  const auto answer = api.post("/v1/dead-letters/redrive", request).body;
  if (!given.dry_run)
    return follow(s, api, answer, given.json);
  if (!given.json)
    return show_dry_run(s, answer);
  s.out << answer.dump(2) << '\n';
  return done;
}

void add_list(CLI::App& group, command& chosen) {
  auto given = std::make_shared<list_dead_letters_arguments>();
  auto* cmd = group.add_subcommand("list", "List them, newest first.");
  add_filter(*cmd, given->filters);
  cmd->add_option("--limit", given->limit, "Rows, 1 to 200")->check(whole_number(1, 200))->capture_default_str();
  cmd->add_option("--cursor", given->cursor, "Where the last list ended");
  cmd->add_flag("--json", given->json, "The API's own answer");
  add_target(*cmd, given->where);
  on_chosen(*cmd, chosen, given, list_dead_letters);
}

void add_show(CLI::App& group, command& chosen) {
  auto given = std::make_shared<show_arguments>();
  auto* cmd = group.add_subcommand("show", "Show one with its whole timeline.");
  cmd->add_option("id", given->id, "The delivery's id, as `list` prints it")->required();
  cmd->add_flag("--json", given->json, "As JSON");
  add_target(*cmd, given->where);
  on_chosen(*cmd, chosen, given, show);
}

void add_redrive(CLI::App& group, command& chosen) {
  auto given = std::make_shared<redrive_arguments>();
  auto* cmd =
    group.add_subcommand("redrive", "Queue them again; expiry, preferences and suppressions are checked anew.");
  add_filter(*cmd, given->filters);
  cmd->add_option("--rate", given->rate, "At most so many a second, like 50/s");
  cmd->add_flag("--dry-run", given->dry_run, "Only count and show a sample");
  cmd->add_flag("--json", given->json, "The API's own answer");
  add_target(*cmd, given->where);
  on_chosen(*cmd, chosen, given, redrive);
}

} // namespace

void add_dead_letters(CLI::App& app, command& chosen) {
  auto* cmd = app.add_subcommand("dead-letters", "List, show and redrive what could not be delivered.");
  cmd->require_subcommand(1);
  add_list(*cmd, chosen);
  add_show(*cmd, chosen);
  add_redrive(*cmd, chosen);
  cmd->footer("Examples:\n"
              "  carillon dead-letters list --filter provider=sendgrid_main --filter since=2h\n"
              "  carillon dead-letters redrive --filter code=503 --dry-run\n"
              "  carillon dead-letters redrive --filter code=503 --rate 50/s");
}

} // namespace carillon::cli
