// `tail`: new and changed notifications, one a line, until the person interrupts.
#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <ostream>
#include <unordered_map>

#include "runtime/cli/argument_checks.hpp"
#include "runtime/cli/command.hpp"
#include "runtime/cli/problem.hpp"
#include "runtime/cli/target.hpp"
#include "runtime/cli/times.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::cli {
namespace {

constexpr std::size_t page_rows = 100;
constexpr int max_pages = 10;              ///< of one poll: past them older news is left out
constexpr std::size_t remembered = 10'000; ///< notifications whose last line is known

struct tail_arguments {
  target where;
  std::string user, type, channel, status;
  double interval_s = 1;
  std::size_t lines = 10;
  bool json = false;
};

/// What was last printed of each notification; forgets the oldest.
class printed {
public:
  bool knows(const std::string& id) const { return lines_.contains(id); }
  /// True where the line differs from the last one of that id.
  bool is_news(const std::string& id, const std::string& line) {
    const auto [known, fresh] = lines_.try_emplace(id, line);
    if (!fresh)
      return std::exchange(known->second, line) != line;
    order_.push_back(id);
    if (order_.size() > remembered) {
      lines_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

private:
  std::unordered_map<std::string, std::string> lines_;
  std::deque<std::string> order_;
};

std::string deliveries_text(const nlohmann::json& n) {
  std::string text;
  for (auto& d : n.value("deliveries", nlohmann::json::array())) {
    text.append(text.empty() ? "" : ", ").append(text_of(d, "channel")).append(" ").append(text_of(d, "status"));
    if (const auto attempts = d.value("attempts", nlohmann::json::array()); attempts.size() > 1)
      text.append(" (").append(std::to_string(attempts.size())).append(" attempts)");
  }
  return printable(text);
}

std::string line_of(const style& as, const nlohmann::json& n) {
  const auto created = parse_rfc3339(text_of(n, "created_at"));
  const auto status = printable(text_of(n, "status"));
  return as(tone::dim, created ? time_of_day(*created) : "") + "  " + printable(text_of(n, "id")) + "  "
         + padded(printable(text_of(n, "lane")), 8) + "  " + as(tone_of(status), padded(status, 10)) + "  "
         + padded(printable(text_of(n, "type")), 16) + "  " + padded(printable(text_of(n, "user_id")), 12) + "  "
         + deliveries_text(n);
}

nlohmann::json page(api_client& api, const tail_arguments& given, const std::string& cursor, std::size_t rows) {
  query what;
  what.add("user_id", given.user).add("type", given.type).add("channel", given.channel).add("status", given.status);
  what.add("limit", std::to_string(rows)).add("cursor", cursor);
  return api.get("/v1/notifications" + what.text()).body;
}

/// Newest first: pages until one holds something that was printed already.
std::vector<nlohmann::json> newest(api_client& api, const tail_arguments& given, const printed& before, bool first) {
  std::vector<nlohmann::json> rows;
  std::string cursor;
  for (int i = 0; i < max_pages; ++i) {
    const auto answer = page(api, given, cursor, first ? std::max<std::size_t>(given.lines, 1) : page_rows);
    bool met_known = false;
    for (auto& n : answer.value("data", nlohmann::json::array())) {
      met_known = met_known || before.knows(text_of(n, "id"));
      rows.push_back(n);
    }
    cursor = text_of(answer, "next_cursor");
    if (first || met_known || cursor.empty())
      break;
  }
  return rows;
}

void print_news(session& s, const tail_arguments& given, printed& before, const std::vector<nlohmann::json>& rows,
                bool quiet) {
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    const auto line = given.json ? row->dump() : line_of(s.style, *row);
    if (before.is_news(text_of(*row, "id"), line) && !quiet)
      s.out << line << '\n';
  }
  s.out.flush();
}

int tail(session& s, const tail_arguments& given) {
  auto api = connect(s, given.where);
  const auto interval = std::chrono::duration_cast<duration>(std::chrono::duration<double>{given.interval_s});
  printed before;
  print_news(s, given, before, newest(api, given, before, true), given.lines == 0);
  while (s.pause(interval))
    print_news(s, given, before, newest(api, given, before, false), false);
  return done;
}

} // namespace

void add_tail(CLI::App& app, command& chosen) {
  auto given = std::make_shared<tail_arguments>();
  auto* cmd = app.add_subcommand("tail", "Print every new or changed notification, until Ctrl-C.");
  cmd->add_option("--user", given->user, "Only of this person");
  cmd->add_option("--type", given->type, "Only of this type");
  cmd->add_option("--channel", given->channel, "Only with a delivery on this channel");
  cmd->add_option("--status", given->status, "Only in this status");
  cmd->add_option("-n,--lines", given->lines, "Newest ones to begin with, 0 to 200")
    ->check(whole_number(0, 200))
    ->capture_default_str();
  cmd->add_option("--interval", given->interval_s, "Seconds between two looks, 0.1 to 3600")
    ->check(number(0.1, 3600))
    ->capture_default_str();
  cmd->add_flag("--json", given->json, "One JSON object a line");
  add_target(*cmd, given->where);
  cmd->footer("Examples:\n"
              "  carillon tail\n"
              "  carillon tail --user u_1 --json | jq .status");
  on_chosen(*cmd, chosen, given, tail);
}

} // namespace carillon::cli
