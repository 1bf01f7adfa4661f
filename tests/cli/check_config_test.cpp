#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/terminal.hpp"

using carillon::test::scratch_folder;
using carillon::test::terminal;
using nlohmann::json;

TEST_CASE("a configuration without problems is said to be valid") {
  scratch_folder folder;
  terminal t;
  CHECK(t.run({"check-config", folder.write("good.toml", "[server]\nmax_body = 65536\n")}) == 0);
  CHECK(t.out == "configuration is valid\n");
}

TEST_CASE("every problem of a configuration is shown at once, with its line, and exit code 2") {
  scratch_folder folder;
  const auto file = folder.write("bad.toml", "[server]\nmax_body = 1\nnonsense = true\n");
  terminal t;
  CHECK(t.run({"check-config", file}) == 2);
  CHECK(t.out.find("bad.toml:2:") != std::string::npos);
  CHECK(t.out.find("bad.toml:3:") != std::string::npos);
  CHECK(t.out.ends_with("2 errors\n"));
}

TEST_CASE("check-config --json names line, key and remedy of every problem") {
  scratch_folder folder;
  const auto file = folder.write("bad.toml", "[server]\nmax_body = 1\n");
  terminal t;
  CHECK(t.run({"check-config", file, "--json"}) == 2);
  const auto answer = json::parse(t.out);
  CHECK(answer["valid"] == false);
  REQUIRE(answer["problems"].size() == 1);
  CHECK(answer["problems"][0]["line"] == 2);
  CHECK(answer["problems"][0]["key"] == "server.max_body");
  CHECK_FALSE(answer["problems"][0]["remedy"].get<std::string>().empty());
}

TEST_CASE("what only a protocol can judge is a problem of the configuration too") {
  scratch_folder folder;
  const auto file = folder.write("bad.toml", "[providers.mail]\n"
                                             "protocol = \"smtp\"\n"
                                             "base_url = \"smtp://mail.example.org:587\"\n"
                                             "from = \"nobody\"\n"
                                             "[channels.email]\n"
                                             "providers = [\"mail\"]\n");
  terminal t;
  CHECK(t.run({"check-config", file}) == 2);
  CHECK(t.out.find("bad.toml:4:") != std::string::npos);
  CHECK(t.out.find("providers.mail.from: needs an email address") != std::string::npos);
  CHECK(t.out.ends_with("1 error\n"));
}

TEST_CASE("a file that is not there is a configuration that cannot be used") {
  terminal t;
  CHECK(t.run({"check-config", "/nonexistent/carillon.toml"}) == 2);
}

TEST_CASE("serve refuses a configuration with errors before it starts anything") {
  scratch_folder folder;
  terminal t;
  CHECK(t.run({"serve", "--config", folder.write("bad.toml", "[server]\nmax_body = 1\n")}) == 2);
  CHECK(t.err.find("server.max_body") != std::string::npos);
  CHECK(t.err.ends_with("carillon: the configuration cannot be used: 1 error.\n"));
  CHECK(t.run({"serve", "--set", "server.nonsense=1"}) == 2);
  CHECK(t.err.find("server.nonsense") != std::string::npos);
}
