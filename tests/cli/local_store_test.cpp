// Commands that work on the files of the embedded store, without a service.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/terminal.hpp"

using carillon::test::scratch_folder;
using carillon::test::terminal;
using nlohmann::json;

TEST_CASE("migrate makes the files, and --status shows their versions before and after") {
  scratch_folder folder;
  const auto file = folder.write("carillon.toml", "[store]\nurl = \"sqlite:data\"\n");
  terminal t;
  REQUIRE(t.run({"migrate", "--config", file, "--status"}) == 0);
  CHECK(t.out.find("critical.db  0") != std::string::npos);
  CHECK(t.out.find("not there yet") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "data" / "critical.db"));

  REQUIRE(t.run({"migrate", "--config", file, "--json"}) == 0);
  auto listed = json::parse(t.out);
  for (auto& row : listed["data"])
    CHECK(row["version"] == row["wanted"]);
  CHECK(std::filesystem::exists(folder.path() / "data" / "critical.db"));
}

TEST_CASE("migrate --check finds a new store sound") {
  scratch_folder folder;
  const auto file = folder.write("carillon.toml", "[store]\nurl = \"sqlite:data\"\n");
  terminal t;
  REQUIRE(t.run({"migrate", "--config", file}) == 0);
  CHECK(t.run({"migrate", "--config", file, "--check"}) == 0);
  CHECK(t.out.starts_with("sound: "));
}

TEST_CASE("migrate --check ends with exit code 1 where a file is damaged") {
  scratch_folder folder;
  const auto file = folder.write("carillon.toml", "[store]\nurl = \"sqlite:data\"\n");
  terminal t;
  REQUIRE(t.run({"migrate", "--config", file}) == 0);
  folder.write("data/bulk.db", "this was a database once");
  CHECK(t.run({"migrate", "--config", file, "--check"}) == 1);
  CHECK((t.out + t.err).find("bulk.db") != std::string::npos);
}

TEST_CASE("keys create --config writes a first key into the store itself") {
  scratch_folder folder;
  const auto file = folder.write("carillon.toml", "[store]\nurl = \"sqlite:data\"\n");
  terminal t;
  t.environment.clear();
  REQUIRE(t.run({"keys", "create", "--name", "first", "--scopes", "admin", "--config", file}) == 0);
  CHECK(t.out.starts_with("ck_live_"));
  CHECK(std::filesystem::exists(folder.path() / "data" / "control.db"));
  CHECK(t.run({"keys", "create", "--name", "x", "--expires-at", "soon", "--config", file}) == 2);
}
