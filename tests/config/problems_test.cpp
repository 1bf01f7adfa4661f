// Every kind of problem of form: what is said, where, and what to do about it.
#include "tests/config/fixture.hpp"

using namespace carillon;
using namespace carillon::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

struct expectation {
  const char* text; ///< of the file, after one empty line
  int line;
  const char* key;
  const char* message;
  const char* remedy;
};

void check(const expectation& expected) {
  INFO(expected.text);
  auto problem = only_problem(load_text(std::string{"\n"} + expected.text), expected.key);
  CHECK(problem.line == expected.line);
  CHECK(problem.column > 0);
  CHECK(problem.source.ends_with("carillon.toml"));
  CHECK_THAT(problem.message, ContainsSubstring(expected.message));
  CHECK_THAT(problem.remedy, ContainsSubstring(expected.remedy));
  CHECK(problem.level == severity::error);
}

} // namespace

TEST_CASE("a key nobody knows is an error with the nearest known one") {
  for (const expectation& one : {
         expectation{"[server]\nlitsen = 1\n", 3, "server.litsen", "no such setting", "Did you mean listen?"},
         {"[sever]\nlisten = 1\n", 2, "sever", "no such setting", "Did you mean server?"},
         {"colour = 1\n", 2, "colour", "no such setting", "Use one of: server, auth"},
         {"[channels.email.retry]\nmax_attemps = 1\n", 3, "channels.email.retry.max_attemps", "no such setting",
          "max_attempts?"},
         {"[channels.e-mail]\nfallback_after = 1\n", 2, "channels.e-mail", "not one of email, sms", "email?"},
         {"[lanes.fast]\nthreads = 1\n", 2, "lanes.fast", "not one of critical, bulk", "critical, bulk"},
         {"[providers.x.breaker]\nopen = \"1s\"\n", 3, "providers.x.breaker.open", "no such setting", "Use one of"},
       })
    check(one);
}

TEST_CASE("a value of the wrong type is an error that says both types") {
  for (const expectation& one : {
         expectation{"[server]\nlisten = 80\n", 3, "server.listen", "is a whole number, but text", "quotes"},
         {"[server]\nmax_body = \"1k\"\n", 3, "server.max_body", "is text, but a whole number",
          "1024 to 16777216 (bytes)"},
         {"[server]\nmax_body = 1.5\n", 3, "server.max_body", "is a number, but a whole number", "1024"},
         {"[server]\nadmin_open = \"yes\"\n", 3, "server.admin_open", "is text, but true or false", "true or false"},
         {"[server]\nheader_timeout = 10\n", 3, "server.header_timeout", "is a whole number, but a duration",
          "\"30s\""},
         {"[server]\nheader_timeout = \"10 s\"\n", 3, "server.header_timeout", "\"10 s\" is not a duration",
          "ms, s, m, h, d"},
         {"[node]\nname = 2024-01-01\n", 3, "node.name", "is a date or time", "quotes"},
         {"[node]\nname = [1]\n", 3, "node.name", "is a list, but text", "quotes"},
         {"[node]\nname = { a = 1 }\n", 3, "node.name", "is a table, but text", "{ env = \"NAME\" }"},
         {"server = 1\n", 2, "server", "is a whole number, but a section", "[server]"},
         {"[egress]\nallow = \"127.0.0.0/8\"\n", 3, "egress.allow", "is text, but a list", "[\"...\""},
         {"[egress]\nallow = [7]\n", 3, "egress.allow", "is a whole number, but text", "quotes"},
         {"[retry_budget]\nratio = \"x\"\n", 3, "retry_budget.ratio", "is text, but a number", "0 to 10"},
         {"[retry_budget]\nratio = nan\n", 3, "retry_budget.ratio", "not a number", "0 to 10"},
         {"[limits]\nglobal = 5\n", 3, "limits.global", "is a whole number, but a section", "{ key = value }"},
       })
    check(one);
}

TEST_CASE("a value out of range is an error that names the range") {
  for (const expectation& one : {
         expectation{"[server]\nmax_body = 1023\n", 3, "server.max_body", "is 1023, which is too small",
                     "1024 to 16777216"},
         {"[server]\nmax_body = 16777217\n", 3, "server.max_body", "too large", "1024 to 16777216"},
         {"[lanes.bulk]\nthreads = 0\n", 3, "lanes.bulk.threads", "too small", "1 to 64"},
         {"[lanes.bulk]\nwindow = -1\n", 3, "lanes.bulk.window", "is -1", "16 to 1000000 (deliveries)"},
         {"[server]\nbody_timeout = \"2h\"\n", 3, "server.body_timeout", "\"2h\" is too long", "10ms to 1h"},
         {"[store]\nretention = \"1m\"\n", 3, "store.retention", "too short", "1h to 3650d"},
         {"[retry_budget]\nratio = 10.5\n", 3, "retry_budget.ratio", "is 10.5, which is too large", "0 to 10"},
         {"[channels.email]\nretry = { max_attempts = 101 }\n", 3, "channels.email.retry.max_attempts", "too large",
          "1 to 100 (calls)"},
       })
    check(one);
}

TEST_CASE("a word that is none of its setting's is an error that lists them") {
  for (const expectation& one : {
         expectation{"[log]\nlevel = \"warn\"\n", 3, "log.level", "not one of debug, info, warning, error",
                     "Use one of"},
         {"[types.a]\npriority = \"hihg\"\n", 3, "types.a.priority", "\"hihg\"", "Did you mean high?"},
         {"[types.a]\nchannels = [\"email\", \"fax\"]\n", 3, "types.a.channels", "\"fax\" is not one of email",
          "email"},
         {"[types.a]\nrouting = \"any\"\n", 3, "types.a.routing", "not one of all, first", "all"},
         {"[types.a]\non_ambiguous = \"drop\"\n", 3, "types.a.on_ambiguous", "not one of retry, hold", "retry"},
         {"[limits]\nglobal = { rate = 1, over = \"dealy\" }\n", 3, "limits.global.over", "delay, drop",
          "Did you mean delay?"},
         {"[channels.sms.retry]\nstrategy = \"linear\"\n", 3, "channels.sms.retry.strategy",
          "exponential, fixed, tiers", "Use"},
         {"[channels.sms.retry]\njitter = \"half\"\n", 3, "channels.sms.retry.jitter", "full, none", "Use"},
         {"[server]\naccept_via = \"disk\"\n", 3, "server.accept_via", "not one of store", "\"store\""},
       })
    check(one);
}

TEST_CASE("what this build does not serve yet is said so") {
  for (const expectation& one : {
         expectation{"[kafka]\nbrokers = \"b:9092\"\n", 2, "kafka", "does not serve Kafka yet", "Remove the section."},
         {"[cluster]\nlisten = \"x\"\n", 2, "cluster", "does not serve clusters", "Remove the section."},
         {"[tenants.a]\n", 2, "tenants", "does not serve settings per tenant", "Remove the section."},
         {"[store]\narchive = \"file:a\"\n", 3, "store.archive", "does not serve archives", "Remove the setting."},
         {"[node]\nroles = [\"http\"]\n", 3, "node.roles", "single roles", "Remove the setting."},
         {"[types.a]\ndigest = true\n", 3, "types.a.digest", "digests", "Remove the setting."},
         {"[types.a]\nescalate_after = \"1h\"\n", 3, "types.a.escalate_after", "escalation", "Remove the setting."},
         {"[server]\naccept_via = \"kafka\"\n", 3, "server.accept_via", "Kafka yet", "\"store\""},
         {"[store]\nurl = \"postgresql://db\"\n", 3, "store.url", "PostgreSQL yet", "sqlite:FOLDER"},
       })
    check(one);
}

TEST_CASE("a secret that cannot be had is an error that names its source") {
  for (const expectation& one : {
         expectation{"[node]\nname = { file = \"none\" }\n", 3, "node.name", "none cannot be read", "Create it"},
         {"[node]\nname = { file = \".\" }\n", 3, "node.name", "cannot be read", "Create it"},
         {"[node]\nname = { env = \"CERTAINLY_NOT\" }\n", 3, "node.name", "CERTAINLY_NOT is not set", "Set it"},
         {"[node]\nname = { env = \"A\", file = \"b\" }\n", 3, "node.name", "is a table", "{ file = \"path\" }"},
       })
    check(one);
}

TEST_CASE("a secret's file is at most 64 KiB") {
  folder home;
  home.write("big", std::string(65'537, 'x'));
  load_request request;
  request.file = home.write("carillon.toml", "[node]\nname = { file = \"big\" }\n");
  CHECK_THAT(only_problem(load_options(request), "node.name").message, ContainsSubstring("larger than 64 KiB"));
}

TEST_CASE("every problem of a file is found at once, in the order of its lines") {
  auto result = load_text(R"([server]
max_body = 1
colour = "red"
[kafka]
[types.a]
category = "nothing"
priority = 7
[log]
level = "loud"
)");
  std::vector<int> lines;
  for (const auto& problem : result.problems)
    lines.push_back(problem.line);
  INFO(all_problems(result));
  CHECK(lines == std::vector{2, 3, 4, 6, 7, 9});
  CHECK(has_errors(result.problems));
  CHECK(result.value.server.max_body == server_options{}.max_body);
}

TEST_CASE("what is not TOML is one error at its place") {
  auto problem = only_problem(load_text("[server]\nlisten = \n"), "");
  CHECK(problem.line == 2);
  CHECK_THAT(problem.message, ContainsSubstring("not TOML"));
}

TEST_CASE("a file that cannot be read is an error without a line") {
  folder home;
  load_request request;
  request.file = home.path() / "none.toml";
  auto missing = only_problem(load_options(request), "");
  CHECK_THAT(missing.message, ContainsSubstring("cannot be read"));
  CHECK(missing.source.ends_with("none.toml"));
  CHECK(missing.line == 0);
  request.file = home.path();
  CHECK_THAT(only_problem(load_options(request), "").message, ContainsSubstring("folder"));
  request.file = home.write("big.toml", std::string(1'048'577, '#'));
  CHECK_THAT(only_problem(load_options(request), "").message, ContainsSubstring("1 MiB"));
}

TEST_CASE("a variable that is no setting is an error with the nearest known one") {
  load_request request;
  request.environment = {{"CARILLON_SERVER_LITSEN", "x"}};
  auto problem = only_problem(load_options(request), "CARILLON_SERVER_LITSEN");
  CHECK(problem.source == "environment");
  CHECK(problem.line == 0);
  CHECK(problem.remedy == "Did you mean CARILLON_SERVER_LISTEN?");
}

TEST_CASE("variables of the command line and of Kubernetes are left alone") {
  load_request request;
  request.environment = {{"CARILLON_URL", "http://x"},
                         {"CARILLON_KEY", "k"},
                         {"CARILLON_SERVICE_HOST", "10.0.0.1"},
                         {"CARILLON_PORT_8080_TCP", "tcp://10.0.0.1:8080"},
                         {"CARILLON_STORE_SERVICE_PORT", "5432"},
                         {"CARILLON_STORE_PORT", "tcp://10.0.0.1:5432"}};
  auto result = load_options(request);
  INFO(all_problems(result));
  CHECK(result.problems.empty());
}

TEST_CASE("a problem with a variable or an argument names it") {
  load_request request;
  request.environment = {{"CARILLON_SERVER_MAX_BODY", "7"}};
  request.set = {"server.max_connections=many", "listen=1", "no equals", "a b=1"};
  auto result = load_options(request);
  CHECK(only_problem(result, "server.max_body").source == "environment CARILLON_SERVER_MAX_BODY");
  CHECK(only_problem(result, "server.max_connections").source == "--set");
  for (const auto* key : {"listen", "no equals", "a b"})
    CHECK_THAT(only_problem(result, key).message, ContainsSubstring("section.key=value"));
}

TEST_CASE("a problem reads as one line with place, key, message and remedy") {
  config_problem problem{12, 3, "server.max_body", "is 7, which is too small", "Use more.", severity::error, "c.toml"};
  CHECK(to_string(problem) == "c.toml:12:3: error: server.max_body: is 7, which is too small. Use more.");
  problem.level = severity::warning;
  problem.line = 0;
  CHECK(to_string(problem) == "c.toml: warning: server.max_body: is 7, which is too small. Use more.");
}

TEST_CASE("no problem shows the value of a secret") {
  auto result =
    load_text("[providers.a]\nprotocol = \"webhook\"\ncredentials = { secret = \"whsec_s3cr3t!\", x = 12 }\n");
  CHECK_FALSE(result.problems.empty());
  CHECK_THAT(all_problems(result), !ContainsSubstring("s3cr3t"));
}
