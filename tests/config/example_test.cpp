// The annotated example: it loads, says the truth about defaults, and is complete.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "config/document.hpp"
#include "config/settings.hpp"
#include "tests/config/fixture.hpp"

using namespace carillon;
using namespace carillon::testing;

namespace {

std::filesystem::path example_file() {
  return std::filesystem::path{CARILLON_SOURCE_DIR} / "config" / "carillon.toml";
}

/// The example with its commented settings in force; prose is left alone.
std::string uncommented() {
  static const std::regex setting{R"(^# ((\[[a-z_.]+\]|[a-z_.]+ = ).*)$)"};
  std::ifstream in{example_file()};
  std::string text;
  for (std::string line; std::getline(in, line);)
    text += std::regex_replace(line, setting, "$1") + "\n";
  return text;
}

/// Key paths of a document, with `*` for names people choose.
void collect(const conf::table& from, const std::vector<std::string>& path, std::set<std::string>& into) {
  static const std::set<std::string> named{"providers", "categories", "types"};
  for (const auto& [key, value] : from) {
    auto below = path;
    bool is_name = path.size() == 1 && named.contains(path[0]);
    bool is_credential = path.size() == 3 && path[2] == "credentials";
    below.push_back(is_name || is_credential ? "*" : key);
    std::string joined;
    for (const auto& part : below)
      joined += (joined.empty() ? "" : ".") + part;
    into.insert(joined);
    if (const auto* inner = std::get_if<conf::table>(&value.value))
      collect(*inner, below, into);
  }
}

/// Lanes and channels look alike; the example writes each setting once.
std::string of_any_channel(const std::string& path) {
  static const std::regex channel{R"(^channels\.[a-z_]+\.)"};
  return std::regex_replace(path, channel, "channels.email.");
}

} // namespace

TEST_CASE("the annotated example loads without a problem") {
  load_request request;
  request.file = example_file();
  auto result = load_and_validate(request, some_protocols());
  CHECK(all_problems(result) == "");
}

TEST_CASE("the annotated example states the defaults") {
  load_request request;
  request.file = example_file();
  auto written = load_options(request).value;
  auto defaults = default_options();
  CHECK(written.server == defaults.server);
  CHECK(written.auth == defaults.auth);
  CHECK(written.store.url == defaults.store.url);
  CHECK(written.store.retention == defaults.store.retention);
  CHECK(written.store.allow_weak_durability == defaults.store.allow_weak_durability);
  CHECK(written.node == defaults.node);
  CHECK(written.lanes == defaults.lanes);
  CHECK(written.providers == defaults.providers);
  CHECK(written.channels == defaults.channels);
  CHECK(written.categories == defaults.categories);
  CHECK(written.types == defaults.types);
  CHECK(written.limits == defaults.limits);
  CHECK(written.egress == defaults.egress);
  CHECK(written.log == defaults.log);
  CHECK(written.retry_budget == defaults.retry_budget);
  CHECK(written.quiet_hours == defaults.quiet_hours);
}

TEST_CASE("every setting there is stands in the annotated example") {
  auto document = conf::parse_document(uncommented(), "carillon.toml");
  REQUIRE(document.problems.empty());
  std::set<std::string> written;
  collect(document.root, {}, written);
  for (const auto& path : conf::key_paths(conf::all_settings())) {
    INFO(path);
    CHECK(written.contains(of_any_channel(path)));
  }
}

TEST_CASE("the commented lines of the annotated example are right too") {
  folder home;
  home.write("tls/cert.pem", "x");
  home.write("tls/key.pem", "x");
  home.write("secrets/webhook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=\n");
  load_request request;
  request.environment = {{"MAIL_PASSWORD", "p"}};
  request.file = home.write("carillon.toml", uncommented());
  auto result = load_and_validate(request, some_protocols());
  std::set<std::string> warned;
  for (const auto& problem : result.problems) {
    INFO(to_string(problem));
    CHECK(problem.level == severity::warning);
    warned.insert(problem.key);
  }
  CHECK(warned == std::set<std::string>{"providers.hooks", "providers.mail"}); // no channel uses them yet
  CHECK(result.value.types.size() == 1);
}
