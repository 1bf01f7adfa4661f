#include "runtime/cli/wait.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "runtime/cli/argument_checks.hpp"
#include "runtime/cli/problem.hpp"
#include "runtime/cli/show_notification.hpp"

namespace carillon::cli {
namespace {

constexpr duration look_every = std::chrono::milliseconds{250};

/// Work goes on by itself: asking again is worth while.
bool is_under_way(std::string_view status) {
  constexpr std::array words{std::string_view{"accepted"}, std::string_view{"scheduled"},
                             std::string_view{"processing"}, std::string_view{"retrying"}};
  return std::find(words.begin(), words.end(), status) != words.end();
}

/// True where it reached the person, as far as is known.
bool is_success(std::string_view status) {
  return status == "sent" || status == "delivered" || status == "read";
}

/// How a person ends what the engine may not end by itself.
void say_held(session& s, const std::string& id, const nlohmann::json& notification) {
  s.err
    << "carillon: it is held: the provider may have sent it, and nobody knows. Look there, then say how it ended:\n";
  for (auto& d : notification.value("deliveries", nlohmann::json::array()))
    if (text_of(d, "status") == "held")
      s.err << "  POST /v1/notifications/" << printable(id) << "/resolve  {\"delivery_id\": \""
            << printable(text_of(d, "id")) << R"(", "outcome": "sent"}  (or "retry", or "failed"))" << '\n';
}

} // namespace

const char* const wait_codes =
  "Exit codes with --wait: 0 it was sent, 1 it was not: it ended otherwise, is held until a person resolves it,\n"
  "or was not finished in time.\n";

void add_wait(CLI::App& cmd, wait_options& how) {
  cmd.add_flag("--wait", how.wanted, "Wait until it is finished or held, and show its timeline; exit 1 unless sent");
  cmd.add_option("--wait-timeout", how.timeout_s, "Seconds --wait may take in all, 1 to 86400")
    ->check(whole_number(1, 86'400))
    ->capture_default_str();
}

int wait_and_show(session& s, api_client& api, const std::string& id, const wait_options& how, bool as_json) {
  const auto path = "/v1/notifications/" + url_escape(id);
  const auto until = s.now() + std::chrono::seconds{how.timeout_s};
  auto newest = api.get(path).body;
  bool in_time = true;
  while (is_under_way(text_of(newest, "status")) && (in_time = s.now() < until) && s.pause(look_every))
    newest = api.get(path).body;
  if (as_json)
    s.out << newest.dump(2) << '\n';
  else
    show_notification(s, newest);
  const auto status = text_of(newest, "status");
  if (status == "held")
    say_held(s, id, newest);
  else if (!in_time)
    s.err << "carillon: it is still " << printable(status) << " after " << how.timeout_s
          << " s and goes on without this command. Look again with `carillon status " << printable(id)
          << " --wait`, or wait longer with --wait-timeout.\n";
  return is_success(status) ? done : failed;
}

} // namespace carillon::cli
