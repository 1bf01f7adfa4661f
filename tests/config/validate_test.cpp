// What no single setting shows: names that must exist, values that must fit.
#include "tests/config/fixture.hpp"

using namespace carillon;
using namespace carillon::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

struct expectation {
  const char* text;
  int line;
  const char* key;
  const char* message;
  const char* remedy;
  severity level = severity::error;
};

void check(const expectation& expected) {
  INFO(expected.text);
  auto problem = only_problem(load_text(expected.text), expected.key);
  CHECK(problem.line == expected.line);
  CHECK_THAT(problem.message, ContainsSubstring(expected.message));
  CHECK_THAT(problem.remedy, ContainsSubstring(expected.remedy));
  CHECK(problem.level == expected.level);
}

/// A webhook secret as `openssl rand -base64 32` makes it.
constexpr const char* good_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

} // namespace

TEST_CASE("listeners are host and port, and the admin listener is loopback") {
  for (const expectation& one : {
         expectation{"[server]\nlisten = \"8080\"", 2, "server.listen", "not host:port", "0.0.0.0:8080"},
         {"[server]\nlisten = \"a:b\"", 2, "server.listen", "not host:port", "8080"},
         {"[server]\nlisten = \"::1:80\"", 2, "server.listen", "not host:port", "[::]:8080"},
         {"[server]\nlisten = \"a:65536\"", 2, "server.listen", "not host:port", "8080"},
         {"[server]\nadmin_listen = \"x\"", 2, "server.admin_listen", "not host:port", "127.0.0.1:9090"},
         {"[server]\nadmin_listen = \"0.0.0.0:9090\"", 2, "server.admin_listen", "has no keys", "admin_open = true"},
         {"[server]\nadmin_listen = \"127.evil.example:9090\"", 2, "server.admin_listen", "has no keys", "loopback"},
         {"[server]\nadmin_listen = \"127.0.0.1:8080\"", 2, "server.admin_listen", "same address", "own port"},
       })
    check(one);
  for (const auto* good :
       {"[server]\nadmin_listen = \"[::1]:1\"", "[server]\nadmin_listen = \"localhost:1\"",
        "[server]\nadmin_listen = \"0.0.0.0:1\"\nadmin_open = true", "[server]\nlisten = \"[::]:80\"",
        "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\""})
    CHECK(all_problems(load_text(good)) == "");
}

TEST_CASE("a server's addresses, certificates and sizes fit each other") {
  for (const expectation& one : {
         expectation{"[server]\npublic_url = \"notify.example.org\"", 2, "server.public_url", "not an http",
                     "https://"},
         {"[server]\ntls = { cert = \"none.pem\" }", 2, "server.tls.key", "go together", "Set both"},
         {"[server]\ntls.cert = \"none.pem\"\ntls.key = \"n\"", 2, "server.tls.cert", "cannot be read", "Create it"},
         {"[server]\nmax_body = 2048\nmax_batch_body = 1024", 3, "server.max_batch_body", "less than", "raise it"},
         {"[store]\nurl = \"mysql://x\"", 2, "store.url", "\"mysql\" is no store", "sqlite:data"},
         {"[store]\nurl = \"sqlite:\"", 2, "store.url", "no store", "sqlite:data"},
         {"[store]\nurl = \"sqlite:carillon.toml\"", 2, "store.url", "is not a folder", "Name a folder"},
       })
    check(one);
}

TEST_CASE("what is meant for development only warns") {
  for (const expectation& one : {
         expectation{"[auth]\nrequired = false", 2, "auth.required", "anyone", "development", severity::warning},
         {"[store]\nallow_weak_durability = true", 2, "store.allow_weak_durability", "power failure", "development",
          severity::warning},
         {"[server]\npublic_url = \"http://n.example\"", 2, "server.public_url", "(promotional)", "https",
          severity::warning},
       })
    check(one);
  CHECK_FALSE(has_errors(load_text("[auth]\nrequired = false").problems));
}

TEST_CASE("a lane serves its own priorities") {
  for (const expectation& one : {
         expectation{"[lanes.bulk]\npriorities = [\"high\", \"low\"]", 2, "lanes.bulk.priorities",
                     "critical and high in lane critical", "[\"medium\", \"low\"]"},
         {"[lanes.critical]\npriorities = [\"critical\"]", 2, "lanes.critical.priorities", "in lane critical",
          "[\"critical\", \"high\"]"},
       })
    check(one);
}

TEST_CASE("a provider has what its protocol needs") {
  for (const expectation& one : {
         expectation{"[providers.a]\nprotocol = \"smpt\"", 2, "providers.a.protocol", "no protocol \"smpt\"",
                     "Did you mean smtp?"},
         {"[providers.a]\nrate = 1", 1, "providers.a.protocol", "missing", "Use one of: sandbox, in_app"},
         {"[providers.a]\nprotocol = \"sandbox\"", 1, "providers.a.channel", "serves any channel",
          "channel = \"email\""},
         {"[providers.a]\nprotocol = \"in_app\"\nchannel = \"sms\"", 3, "providers.a.channel", "serves in_app, not sms",
          "Remove"},
         {"[providers.a]\nprotocol = \"smtp\"\nfrom = \"a@b.example\"", 1, "providers.a.base_url", "needs the address",
          "smtp://"},
         {"[providers.a]\nprotocol = \"smtp\"\nbase_url = \"smtp://h\"", 1, "providers.a.from", "needs a sender",
          "from ="},
         {"[providers.a]\nprotocol = \"smtp\"\nbase_url = \"mail:25\"\nfrom = \"a@b.example\"", 3,
          "providers.a.base_url", "has no scheme", "smtp://"},
         {"[providers.a]\nprotocol = \"smtp\"\nbase_url = \"smtp://h\"\nfrom = \"a\\r\\nBcc: b\"", 4,
          "providers.a.from", "control character", "one line"},
         {"[providers.a]\nprotocol = \"smtp\"\nbase_url = \"smtp://h\"\nfrom = \"a@b.example\"\ncredentials.username = "
          "\"u\"",
          5, "providers.a.credentials", "go together", "Set both"},
         {"[providers.a]\nprotocol = \"sendgrid\"\nfrom = \"a@b.example\"", 1, "providers.a.credentials",
          "needs the credential api_key", "file"},
         {"[providers.a]\nprotocol = \"webhook\"", 1, "providers.a.credentials", "needs a secret", "whsec_"},
         {"[providers.a]\nprotocol = \"webhook\"\ncredentials.secret = \"whsec_short\"", 3, "providers.a.credentials",
          "24 to 64 bytes", "openssl rand"},
         {"[providers.a]\nprotocol = \"in_app\"\nfail_rate = 0.5", 1, "providers.a", "script for protocol sandbox",
          "Remove"},
         {"[providers.a]\nprotocol = \"sandbox\"\nchannel = \"sms\"\nbreaker = { window = 10 }", 4,
          "providers.a.breaker.min_calls", "more than the window", "Lower it"},
         {"[providers.a]\nprotocol = \"sandbox\"\nchannel = \"sms\"\nmax_per_endpoint = 2", 4,
          "providers.a.max_per_endpoint", "is for protocol webhook", "Remove it"},
         {"[providers.\"a b\"]\nprotocol = \"in_app\"", 1, "providers.\"a b\"", "1 to 64 letters", "Rename"},
       }) {
    INFO(one.text);
    auto text =
      std::string{one.text} + "\n[channels.webhook]\nproviders = [\"hook\"]\n[providers.hook]\nprotocol = \"webhook\"\n"
      + "credentials = { secret = \"" + good_secret + "\" }\n[channels.email]\nproviders = [\"a\", \"a b\"]\n";
    auto found = load_text(text);
    INFO(all_problems(found));
    bool said = false;
    for (const auto& problem : found.problems)
      said |= problem.key == one.key && problem.line == one.line
              && problem.message.find(one.message) != std::string::npos
              && problem.remedy.find(one.remedy) != std::string::npos && problem.level == one.level;
    CHECK(said);
  }
}

TEST_CASE("a sandbox acts out at most all of its calls") {
  auto found = load_text("[providers.a]\nprotocol = \"sandbox\"\nchannel = \"sms\"\nfail_rate = 0.6\nhang_rate = 0.6\n"
                         "[channels.sms]\nproviders = [\"a\"]\n");
  CHECK_THAT(only_problem(found, "providers.a").message, ContainsSubstring("more than 1"));
}

TEST_CASE("a channel names providers that exist and serve it") {
  for (const expectation& one : {
         expectation{"[channels.email]\nproviders = [\"sandbox_mail\"]", 2, "channels.email.providers",
                     "no provider \"sandbox_mail\"", "Did you mean sandbox_email?"},
         {"[channels.email]\nproviders = [\"in_app\"]", 2, "channels.email.providers", "serves in_app, not email",
          "this channel"},
         {"[channels.email]\nproviders = []", 2, "channels.email.providers", "has no provider", "at least one"},
         {"[channels.email]\nproviders = [\"sandbox_email\", \"sandbox_email\"]", 2, "channels.email.providers",
          "twice", "once"},
         {"[channels.email.retry]\ninitial_backoff = \"1h\"", 2, "channels.email.retry.initial_backoff",
          "longer than max_backoff", "raise max_backoff"},
       })
    check(one);
}

TEST_CASE("a provider no channel uses is a warning") {
  auto found = load_text("[providers.a]\nprotocol = \"in_app\"");
  CHECK(only_problem(found, "providers.a").level == severity::warning);
}

TEST_CASE("a type names categories and channels there are") {
  for (const expectation& one : {
         expectation{"[types.a]\ncategory = \"transctional\"", 2, "types.a.category", "no category",
                     "Did you mean transactional?"},
         {"[providers.f]\nprotocol = \"in_app\"\n[channels.in_app]\nproviders = [\"f\"]\n[types.a]\nchannels = "
          "[\"sms\"]",
          6, "types.a.channels", "channel sms has no providers", "[channels.sms]"},
       })
    check(one);
  CHECK(all_problems(load_text("[categories.news]\n[types.a]\ncategory = \"news\"")) == "");
}

TEST_CASE("a limit can let something pass") {
  for (const expectation& one : {
         expectation{"[limits]\nper_user = { rate = 1, burst = 0.5 }", 2, "limits.per_user.burst", "less than one",
                     "1 or more"},
         {"[limits]\nper_user = { burst = 5 }", 2, "limits.per_user.rate", "no rate", "Set rate"},
         {"[limits]\nglobal = { rate = 1, over = \"digest\" }", 2, "limits.global.over", "digests yet", "delay"},
         {"[types.a]\nlimit = { rate = 1, over = \"digest\" }", 2, "types.a.limit.over", "digests yet", "delay"},
         {"[channels.sms]\nlimits = { burst = 5 }", 2, "channels.sms.limits.rate", "no rate", "Set rate"},
         {"[categories.alert]\nlimits = { burst = 5 }", 2, "categories.alert.limits.rate", "no rate", "Set rate"},
         {"[limits]\nper_channel = { burst = 5 }", 2, "limits.per_channel.rate", "no rate", "Set rate"},
         {"[limits]\nper_user_channel = { burst = 5 }", 2, "limits.per_user_channel.rate", "no rate", "Set rate"},
       })
    check(one);
}

TEST_CASE("egress takes blocks of addresses and a proxy's address") {
  for (const expectation& one : {
         expectation{"[egress]\nallow = [\"127.0.0.1\"]", 2, "egress.allow", "\"127.0.0.1\"", "address/bits"},
         {"[egress]\nallow = [\"127.0.0.0/33\"]", 2, "egress.allow", "127.0.0.0/33", "address/bits"},
         {"[egress]\nallow = [\"::1/129\"]", 2, "egress.allow", "::1/129", "address/bits"},
         {"[egress]\nproxy = \"proxy:3128\"", 2, "egress.proxy", "proxy:3128", "http://"},
       })
    check(one);
  CHECK(all_problems(load_text("[egress]\nallow = [\"127.0.0.0/8\", \"::1/128\"]")) == "");
}

TEST_CASE("quiet hours are times of day in a zone this machine knows") {
  for (const expectation& one : {
         expectation{"[quiet_hours]\nstart = \"24:00\"", 2, "quiet_hours.start", "24:00", "23:59"},
         {"[quiet_hours]\nend = \"8:00\"", 2, "quiet_hours.end", "8:00", "HH:MM"},
         {"[quiet_hours]\nend = \"08:60\"", 2, "quiet_hours.end", "08:60", "HH:MM"},
         {"[quiet_hours]\ntime_zone = \"Mars/Base\"", 2, "quiet_hours.time_zone", "Mars/Base", "Europe/Berlin"},
       })
    check(one);
  CHECK(all_problems(load_text("[quiet_hours]\ntime_zone = \"Europe/Berlin\"")) == "");
}
