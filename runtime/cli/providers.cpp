// `providers`: how they stand, and a person's orders to their breakers.
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/command.hpp"
#include "runtime/cli/problem.hpp"
#include "runtime/cli/target.hpp"

namespace carillon::cli {
namespace {

struct list_providers_arguments {
  target where;
  bool json = false;
};

struct order_arguments {
  target where;
  std::string name, state, reason = "by hand";
  bool json = false;
};

cell breaker_cell(const nlohmann::json& lane) {
  const auto state = printable(text_of(lane, "breaker")), forced = printable(text_of(lane, "forced"));
  const bool by_hand = !forced.empty() && forced != "auto" && forced != "automatic";
  return {by_hand ? state + " (by hand)" : state, tone_of(state)};
}

std::string failures_of(const nlohmann::json& lane) {
  return std::to_string(std::lround(lane.value("failure_rate", 0.0) * 100)) + " %";
}

std::string slots_of(const nlohmann::json& lane) {
  return std::to_string(lane.value("in_flight", 0U)) + "/" + std::to_string(lane.value("slots", 0U));
}

/// One row a lane, critical first.
void add_lanes(table& rows, const nlohmann::json& provider) {
  const auto channel = printable(text_of(provider, "channel"));
  const auto lanes = provider.value("lanes", nlohmann::json::object());
  for (const auto l : all_lanes) {
    const auto view = lanes.find(to_string(l));
    if (view != lanes.end())
      rows.add({{printable(text_of(provider, "name")), tone::strong},
                printable(text_of(provider, "protocol")),
                channel.empty() ? "any" : channel,
                std::string{to_string(l)},
                breaker_cell(*view),
                failures_of(*view),
                slots_of(*view)});
  }
}

int list_providers(session& s, const list_providers_arguments& given) {
  auto api = connect(s, given.where);
  const auto answer = api.get("/v1/providers").body;
  if (given.json) {
    s.out << answer.dump(2) << '\n';
    return done;
  }
  table rows{{"PROVIDER", "PROTOCOL", "CHANNEL", "LANE", "BREAKER", "FAILURES", "IN FLIGHT"}};
  for (auto& provider : answer.value("data", nlohmann::json::array()))
    add_lanes(rows, provider);
  rows.print(s.out, s.style);
  return done;
}

int order_breaker(session& s, const order_arguments& given) {
  auto api = connect(s, given.where);
  const nlohmann::json order{{"state", given.state}, {"reason", given.reason}};
  const auto answer = api.put("/v1/providers/" + url_escape(given.name) + "/breaker", order).body;
  if (given.json)
    s.out << answer.dump(2) << '\n';
  else if (given.state == "auto")
    s.out << given.name << ": the breaker decides for itself again.\n";
  else
    s.out << given.name << ": breaker forced " << s.style(tone_of(given.state), given.state)
          << " on both lanes, until `carillon providers auto " << given.name << "`.\n";
  return done;
}

struct order_row {
  const char *name, *state, *help;
};
constexpr order_row orders[] = {
  {"open", "open", "Force the breaker open: nothing goes out through it."},
  {"close", "closed", "Force the breaker closed: its failures are ignored."},
  {"auto", "auto", "Let the breaker decide for itself again."},
};

void add_order(CLI::App& group, command& chosen, const order_row& row) {
  auto given = std::make_shared<order_arguments>();
  given->state = row.state;
  auto* cmd = group.add_subcommand(row.name, row.help);
  cmd->add_option("name", given->name, "The provider, as `carillon providers` lists it")->required();
  cmd->add_option("--reason", given->reason, "Why; it is kept with the order")->capture_default_str();
  cmd->add_flag("--json", given->json, "The API's own answer");
  add_target(*cmd, given->where);
  on_chosen(*cmd, chosen, given, order_breaker);
}

} // namespace

void add_providers(CLI::App& app, command& chosen) {
  auto given = std::make_shared<list_providers_arguments>();
  auto* cmd = app.add_subcommand("providers", "List the providers, or force one's breaker.");
  cmd->add_flag("--json", given->json, "The API's own answer");
  add_target(*cmd, given->where);
  for (auto& row : orders)
    add_order(*cmd, chosen, row);
  cmd->footer("Examples:\n"
              "  carillon providers\n"
              "  carillon providers open sendgrid_main --reason \"vendor incident\"\n"
              "  carillon providers auto sendgrid_main");
  on_chosen(*cmd, chosen, given, list_providers);
}

} // namespace carillon::cli
