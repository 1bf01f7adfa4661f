#include "tests/config/fixture.hpp"

using namespace carillon;
using namespace carillon::testing;
using namespace std::chrono_literals;

TEST_CASE("without any source the embedded default is in force") {
  auto result = load_and_validate({}, some_protocols());
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.providers == default_options().providers);
  CHECK(result.value.store.folder == std::filesystem::current_path() / "data");
  CHECK(result.value.file.empty());
}

TEST_CASE("the embedded default has a provider on every channel, both lanes and the built-in categories") {
  auto all = default_options();
  for (auto on : all_channels) {
    REQUIRE(all.channels[on].providers.size() == 1);
    const auto& provider = all.providers.at(all.channels[on].providers[0]);
    CHECK(provider.channel == on);
    CHECK(provider.name == all.channels[on].providers[0]);
    CHECK(provider.protocol == (on == channel::in_app ? "in_app" : "sandbox"));
  }
  CHECK(all.lanes.at(lane::critical).priorities == std::vector{priority::critical, priority::high});
  CHECK(all.lanes.at(lane::bulk).priorities == std::vector{priority::medium, priority::low});
  CHECK_FALSE(all.categories.at("transactional").quiet_hours);
  CHECK_FALSE(all.categories.at("alert").quiet_hours);
  CHECK(all.categories.at("reminder").quiet_hours);
  CHECK(all.categories.at("promotional").unsubscribe);
  CHECK(all.categories.at("promotional").expires_after == duration{72h});
}

TEST_CASE("every kind of value is read from a file") {
  auto result = load_text(R"(
[server]
listen = "0.0.0.0:80"
max_body = 2048
header_timeout = "250ms"
[auth]
required = true
[lanes.critical]
per_tenant_rate = 2.5
[types."order.shipped"]
priority = "high"
channels = ["email", "in_app"]
routing = "first"
on_ambiguous = "hold"
limit = { rate = 3, per = "1h", burst = 2, over = "drop" }
)");
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.server.listen == "0.0.0.0:80");
  CHECK(result.value.server.max_body == 2048);
  CHECK(result.value.server.header_timeout == duration{250ms});
  CHECK(result.value.lanes.at(lane::critical).per_tenant_rate == 2.5);
  const auto& type = result.value.types.at("order.shipped");
  CHECK(type.priority == priority::high);
  CHECK(type.channels == std::vector{channel::email, channel::in_app});
  CHECK(type.routing == routing::first);
  CHECK(type.on_ambiguous == ambiguity_policy::hold);
  CHECK(type.limit == limit_options{3, 1h, 2, over_limit::drop});
}

TEST_CASE("the environment beats the file and --set beats both") {
  load_request request;
  const auto* file =
    "[server]\nlisten = \"127.0.0.1:1\"\nadmin_listen = \"127.0.0.1:2\"\npublic_url = \"https://a.example\"\n";
  request.environment = {{"CARILLON_SERVER_LISTEN", "127.0.0.1:3"}, {"CARILLON_SERVER_ADMIN_LISTEN", "127.0.0.1:4"}};
  request.set = {"server.listen=127.0.0.1:5"};
  auto result = load_text(file, request);
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.server.listen == "127.0.0.1:5");
  CHECK(result.value.server.admin_listen == "127.0.0.1:4");
  CHECK(result.value.server.public_url == "https://a.example");
}

TEST_CASE("environment values are read by the type of their setting") {
  load_request request;
  request.environment = {{"CARILLON_NODE_NAME", "17"},
                         {"CARILLON_SERVER_ADMIN_OPEN", "true"},
                         {"CARILLON_LANES_BULK_THREADS", "3"},
                         {"CARILLON_RETRY_BUDGET_RATIO", "1"},
                         {"CARILLON_EGRESS_ALLOW", "127.0.0.0/8, 10.0.0.0/8"},
                         {"CARILLON_CHANNELS_EMAIL_RETRY_MAX_BACKOFF", "20m"},
                         {"CARILLON_LIMITS_PER_USER", "{ rate = 5, per = \"1m\" }"},
                         {"CARILLON_SERVER_TLS_CERT", ""},
                         {"PATH", "/bin"}};
  auto result = load_and_validate(request, some_protocols());
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.node.name == "17");
  CHECK(result.value.server.admin_open);
  CHECK(result.value.lanes.at(lane::bulk).threads == 3);
  CHECK(result.value.retry_budget.ratio == 1);
  CHECK(result.value.egress.allow == std::vector<std::string>{"127.0.0.0/8", "10.0.0.0/8"});
  CHECK(result.value.channels.at(channel::email).retry.max_backoff == duration{20min});
  CHECK(result.value.limits.per_user->rate == 5);
}

TEST_CASE("a variable for a named section means the section the file has") {
  load_request request;
  request.environment = {{"CARILLON_PROVIDERS_MAIN_MAIL_CREDENTIALS_API_KEY", "k"},
                         {"CARILLON_PROVIDERS_MAIN_MAIL_FROM", "a@example.org"},
                         {"CARILLON_TYPES_ORDER_SHIPPED_PRIORITY", "low"}};
  auto result =
    load_text("[providers.main-mail]\nprotocol = \"sendgrid\"\n[channels.email]\nproviders = [\"main-mail\"]\n"
              "[types.\"order.shipped\"]\nmandatory = true\n",
              request);
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.providers.at("main-mail").credentials.at("api_key").reveal() == "k");
  CHECK(result.value.providers.at("main-mail").from == "a@example.org");
  CHECK(result.value.types.at("order.shipped").priority == priority::low);
  CHECK(result.value.types.size() == 1);
}

TEST_CASE("a variable for a named section nobody wrote makes one in small letters") {
  load_request request;
  request.environment = {{"CARILLON_TYPES_ORDER_SHIPPED_ON_AMBIGUOUS", "hold"}};
  auto result = load_and_validate(request, some_protocols());
  CHECK(result.value.types.at("order_shipped").on_ambiguous == ambiguity_policy::hold);
}

TEST_CASE("the --set option takes quoted names, TOML values and plain text") {
  load_request request;
  request.set = {"types.\"a.b\".channels=[\"email\"]",     "types.\"a.b\".category=alert",
                 "channels.email.providers=sandbox_email", "server.public_url=\"https://x.example\"",
                 "providers.sandbox_email.latency=5ms",    "providers.sandbox_email.latency=7ms"};
  auto result = load_and_validate(request, some_protocols());
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.types.at("a.b").channels == std::vector{channel::email});
  CHECK(result.value.types.at("a.b").category == "alert");
  CHECK(result.value.server.public_url == "https://x.example");
  CHECK(result.value.providers.at("sandbox_email").sandbox.latency == duration{7ms});
}

TEST_CASE("a file without providers keeps the default ones and amends channels") {
  auto result = load_text("[channels.email]\nfallback_after = 4\n");
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.channels.at(channel::email).providers == std::vector<std::string>{"sandbox_email"});
  CHECK(result.value.channels.at(channel::email).fallback_after == 4);
  CHECK(result.value.channels.size() == all_channels.size());
}

TEST_CASE("a file with providers says all providers and channels there are") {
  auto result = load_text("[providers.feed]\nprotocol = \"in_app\"\n[channels.in_app]\nproviders = [\"feed\"]\n");
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.providers.size() == 1);
  CHECK(result.value.channels.size() == 1);
}

TEST_CASE("a section amends a built-in category and leaves the rest of it") {
  auto result = load_text("[categories.promotional]\nunsubscribe = false\n[categories.news]\nopt_out = true\n");
  CHECK(result.problems.empty());
  CHECK_FALSE(result.value.categories.at("promotional").unsubscribe);
  CHECK(result.value.categories.at("promotional").quiet_hours);
  CHECK(result.value.categories.contains("news"));
  CHECK(result.value.categories.contains("alert"));
}

TEST_CASE("the store's folder is relative to the file's folder, and absolute after loading") {
  folder home;
  load_request request;
  request.file = home.write("etc/carillon.toml", "[store]\nurl = \"sqlite:../var/data\"\n");
  CHECK(load_options(request).value.store.folder == home.path() / "var/data");
  request.set = {"store.url=sqlite:/srv/carillon"};
  CHECK(load_options(request).value.store.folder == "/srv/carillon");
  request.file.reset();
  request.set = {"store.url=sqlite:elsewhere"};
  CHECK(load_options(request).value.store.folder == std::filesystem::current_path() / "elsewhere");
}

TEST_CASE("secrets come from files beside the configuration and from the environment") {
  folder home;
  home.write("secrets/key", "from-file\r\n");
  load_request request;
  request.environment = {{"KEY_2", "from-environment"}};
  request.file = home.write("carillon.toml", R"(
[providers.one]
protocol = "sendgrid"
from = "a@example.org"
credentials = { api_key = { file = "secrets/key" } }
[providers.two]
protocol = "sendgrid"
from = { env = "KEY_2" }
credentials.api_key = { env = "KEY_2" }
[channels.email]
providers = ["one", "two"]
)");
  auto result = load_options(request);
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.providers.at("one").credentials.at("api_key").reveal() == "from-file");
  CHECK(result.value.providers.at("two").credentials.at("api_key").reveal() == "from-environment");
  CHECK(result.value.providers.at("two").from == "from-environment");
}

TEST_CASE("signing secrets are one, a list, or a list under secret, newest first") {
  for (const auto* written : {"{ secret = [\"whsec_new\", \"whsec_old\"] }", "[\"whsec_new\", \"whsec_old\"]"}) {
    INFO(written);
    auto result = load_text(std::string{"[providers.h]\nprotocol = \"webhook\"\ncredentials = "} + written + "\n");
    CHECK(result.value.providers.at("h").signing_secrets == std::vector{secret{"whsec_new"}, secret{"whsec_old"}});
    CHECK(result.value.providers.at("h").credentials.empty());
  }
  auto one = load_text("[providers.h]\nprotocol = \"webhook\"\ncredentials = { secret = \"whsec_a\" }\n");
  CHECK(one.value.providers.at("h").signing_secrets == std::vector{secret{"whsec_a"}});
}

TEST_CASE("certificates are files relative to the configuration's folder") {
  folder home;
  home.write("cert.pem", "x");
  home.write("key.pem", "x");
  load_request request;
  request.file = home.write("carillon.toml", "[server]\ntls = { cert = \"cert.pem\", key = \"./key.pem\" }\n");
  auto result = load_and_validate(request, some_protocols());
  INFO(all_problems(result));
  CHECK(result.problems.empty());
  CHECK(result.value.server.tls_cert == (home.path() / "cert.pem").string());
  CHECK(result.value.server.tls_key == (home.path() / "key.pem").string());
}
