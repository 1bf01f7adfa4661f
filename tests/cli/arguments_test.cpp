#include <catch2/catch_test_macros.hpp>

#include "tests/cli/fake_api.hpp"
#include "tests/cli/terminal.hpp"

using carillon::test::fake_api;
using carillon::test::scratch_folder;
using carillon::test::terminal;

namespace {

const std::vector<std::vector<std::string>> every_command{
  {},
  {"serve"},
  {"check-config"},
  {"send"},
  {"explain"},
  {"status"},
  {"tail"},
  {"dead-letters"},
  {"dead-letters", "list"},
  {"dead-letters", "show"},
  {"dead-letters", "redrive"},
  {"providers"},
  {"providers", "open"},
  {"providers", "close"},
  {"providers", "auto"},
  {"keys"},
  {"keys", "create"},
  {"keys", "list"},
  {"keys", "revoke"},
  {"sandbox"},
  {"migrate"},
  {"archive"},
  {"version"},
};

} // namespace

TEST_CASE("every command has a help that ends with exit code 0") {
  for (auto command : every_command) {
    command.push_back("--help");
    terminal t;
    INFO(command.front());
    CHECK(t.run(command) == 0);
    CHECK(t.out.find("Usage: ") != std::string::npos);
    CHECK(t.err.empty());
  }
}

TEST_CASE("wrong arguments end with exit code 2 and a sentence on standard error") {
  const std::vector<std::vector<std::string>> wrong{
    {},
    {"unknown"},
    {"status"},
    {"status", "id", "surplus"},
    {"send", "--user", "u_1"},
    {"send", "--user", "u_1", "--type", "t", "--data", "[1]"},
    {"tail", "--lines", "201"},
    {"tail", "--interval", "0"},
    {"providers", "open"},
    {"keys", "create", "--name", "x", "--scopes", "everything"},
    {"keys", "create", "--name", "x", "--mode", "real"},
    {"migrate", "--status", "--check"},
    {"dead-letters", "redrive", "--rate", "fast"},
    {"dead-letters", "redrive", "--rate", "0/s"},
    {"dead-letters", "redrive", "--rate", "-1"},
    {"dead-letters", "list", "--filter", "provider"},
    {"dead-letters", "list", "--filter", "colour=red"},
    {"dead-letters", "list", "--filter", "code=1", "--filter", "code=2"},
    {"dead-letters", "list", "--filter", "since=yesterday"},
    {"explain", "/nonexistent/request.json"},
    {"status", "id", "--timeout", "0"},
    {"status", "id", "--server", "127.0.0.1:8080"},
  };
  for (auto& arguments : wrong) {
    terminal t;
    INFO((arguments.empty() ? std::string{"(none)"} : arguments.front() + " " + arguments.back()));
    CHECK(t.run(arguments) == 2);
    CHECK_FALSE(t.err.empty());
  }
}

TEST_CASE("a word that is no command is named") {
  terminal t;
  CHECK(t.run({"sned"}) == 2);
  CHECK(t.err.starts_with("carillon: \"sned\" is no command"));
  CHECK(t.run({"keys", "craete"}) == 2);
  CHECK(t.err.starts_with("carillon: \"craete\" is no command"));
}

TEST_CASE("wrong usage names the option, what is wrong with it and what to do") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> said{
    {{}, "`carillon` needs a command: serve, check-config, send, "},
    {{"keys"}, "`carillon keys` needs a command: create, list or revoke.\nRun `carillon keys --help`"},
    {{"keys", "craete"}, "\"craete\" is no command of `carillon keys`; did you mean create?"},
    {{"keys", "destroy"}, "\"destroy\" is no command of `carillon keys`; its commands are create, list and revoke."},
    {{"--version"}, "\"--version\" is no option of `carillon`; did you mean version?"},
    {{"send", "--usr", "u"}, "\"--usr\" is no option of `carillon send`; did you mean --user?"},
    {{"send", "--pigeon", "x"}, "\"--pigeon\" is no option of `carillon send`.\nRun `carillon send --help`"},
    {{"send"},
     "`carillon send` needs --user and --type:\n  --user  Whom it is for: your id of the person\n"
     "  --type  What kind it is, e.g. order_shipped\nRun `carillon send --help` to see what it takes.\n"},
    {{"send", "--user"}, "--user needs a value: Whom it is for: your id of the person.\n"},
    {{"send", "--user", "u", "--user", "v", "--type", "t"}, "--user was given 2 times; give it once.\n"},
    {{"send", "--user", "u", "--type", "t", "--wait=maybe"},
     "--wait takes no value, but was given \"maybe\"; leave the value out."},
    {{"status"}, "`carillon status` needs id:\n  id  The notification's id, as `send` printed it\n"},
    {{"status", "a", "b"}, "\"b\" is one argument too many for `carillon status`."},
    {{"status", "a", "--wait-timeout", "0"}, "--wait-timeout must be a whole number from 1 to 86400, but is \"0\".\n"},
    {{"tail", "-n", "many"}, "--lines must be a whole number from 0 to 200, but is \"many\".\n"},
    {{"tail", "-n"}, "--lines needs a value: Newest ones to begin with, 0 to 200.\n"},
    {{"tail", "--interval", "0"}, "--interval must be a number from 0.1 to 3600, but is \"0\".\n"},
    {{"keys", "create", "--name", "x", "--scopes", "all"},
     "--scopes must be send, read, manage or admin, but is \"all\".\n"},
    {{"keys", "create", "--name", "x", "--rate", "-1"},
     "--rate must be a number from 0.001 to 1000000, but is \"-1\".\n"},
    {{"migrate", "--status", "--check"}, "--status and --check cannot be given together; give one of them.\n"},
  };
  for (auto& [arguments, words] : said) {
    terminal t;
    CHECK(t.run(arguments) == 2);
    INFO(t.err);
    CHECK(t.err.starts_with("carillon: " + words));
    CHECK(t.out.empty());
  }
}

TEST_CASE("without a key a command that needs one is bad usage and says where keys come from") {
  terminal t;
  t.environment.clear();
  scratch_folder empty;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(empty.path());
  CHECK(t.run({"providers"}) == 2);
  std::filesystem::current_path(before);
  CHECK(t.err
        == "carillon: no API key. Give one with --key or CARILLON_KEY, or run this where `carillon serve` keeps "
           "its data (data/admin.key is not there).\n");
}

TEST_CASE("the key is taken from --key, else CARILLON_KEY, else data/admin.key") {
  fake_api api;
  api.answer("GET /v1/providers", 200, R"({"data": []})");
  scratch_folder folder;
  std::filesystem::create_directory(folder.path() / "data");
  folder.write("data/admin.key", "ck_live_from_file\n");
  terminal t;
  t.environment = {{"CARILLON_URL", api.url()}};

  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  CHECK(t.run({"providers"}) == 0);
  t.environment["CARILLON_KEY"] = "ck_live_from_environment";
  CHECK(t.run({"providers"}) == 0);
  CHECK(t.run({"providers", "--key", "ck_live_from_argument"}) == 0);
  std::filesystem::current_path(before);

  const auto asked = api.requests();
  REQUIRE(asked.size() == 3);
  CHECK(asked[0].head.find("Authorization: Bearer ck_live_from_file\r\n") != std::string::npos);
  CHECK(asked[1].head.find("Authorization: Bearer ck_live_from_environment\r\n") != std::string::npos);
  CHECK(asked[2].head.find("Authorization: Bearer ck_live_from_argument\r\n") != std::string::npos);
}

TEST_CASE("version prints the project's version, as JSON where asked") {
  terminal t;
  CHECK(t.run({"version"}) == 0);
  CHECK(t.out.starts_with("carillon "));
  CHECK(t.run({"version", "--json"}) == 0);
  CHECK(t.out.starts_with(R"({"name":"carillon","version":")"));
}

TEST_CASE("archive says that the embedded store has none and ends with exit code 2") {
  terminal t;
  CHECK(t.run({"archive", "--day", "2026-05-01"}) == 2);
  CHECK(t.err.find("cannot be archived") != std::string::npos);
}
