// Every option of carillon with its default and, in the comment, its unit and
// limits. `load.hpp` fills it from file, environment and --set by the tables of
// `settings_*.cpp`; `validate.hpp` checks it; `carillon.toml` beside this file is
// the annotated example.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/limit.hpp"
#include "messages/secret.hpp"
#include "messages/vocabulary.hpp"

namespace carillon {

struct server_options {
  std::string listen = "127.0.0.1:8080";
  std::string admin_listen = "127.0.0.1:9090"; ///< health and metrics; no keys, so loopback unless admin_open
  bool admin_open = false;
  std::string public_url;                             ///< as people reach it; for links and signatures
  std::string tls_cert, tls_key;                      ///< PEM files; both or neither
  std::size_t max_body = 262'144;                     ///< bytes, 1 KiB..16 MiB
  std::size_t max_batch_body = 4'194'304;             ///< bytes, 1 KiB..64 MiB
  std::size_t max_connections = 10'000;               ///< 1..1,000,000
  duration header_timeout = std::chrono::seconds{10}; ///< 10ms..10m
  duration body_timeout = std::chrono::seconds{30};   ///< 10ms..1h
  duration idle_timeout = std::chrono::seconds{60};   ///< 10ms..24h
  duration shutdown_grace = std::chrono::seconds{30}; ///< 0..1h
  duration accept_deadline = std::chrono::seconds{5}; ///< not durable by then: 503; 10ms..5m
  duration idempotency_ttl = std::chrono::hours{24};  ///< 1m..30d
  bool operator==(const server_options&) const = default;
};

struct auth_options {
  bool required = true;
  bool operator==(const auth_options&) const = default;
};

struct store_options {
  std::string url = "sqlite:data";
  std::filesystem::path folder = "data";      ///< of url, made absolute by the loader
  duration retention = std::chrono::days{30}; ///< of finished notifications, 1h..10y
  bool allow_weak_durability = false;         ///< development only: synchronous=NORMAL
  bool operator==(const store_options&) const = default;
};

/// How the lanes' threads share the processors.
enum class scheduling : std::uint8_t {
  off,      ///< alike
  realtime, ///< critical's go first (SCHED_RR); wants CAP_SYS_NICE or RLIMIT_RTPRIO
  idle,     ///< bulk's run when nobody else wants to (SCHED_IDLE), other processes included
};

struct node_options {
  std::string name; ///< mail servers are greeted with it; empty: the host's name
  carillon::scheduling scheduling = carillon::scheduling::off;
  bool operator==(const node_options&) const = default;
};

struct lane_options {
  unsigned threads = 1;                       ///< actor threads, 1..64
  std::size_t window = 4'096;                 ///< deliveries in memory, 16..1,000,000
  std::size_t accept_queue = 64;              ///< requests between door and commit, 1..100,000; more wait at the door
  std::size_t door_queue = 4'096;             ///< requests waiting at the door, 1..1,000,000; past it 503
  double per_tenant_rate = 0;                 ///< notifications per second of one tenant, 0: no cap
  std::size_t preference_cache = 100'000;     ///< people, 1..10,000,000
  std::vector<carillon::priority> priorities; ///< that it serves, as lane_of has them; empty: those
  bool operator==(const lane_options&) const = default;
};

struct breaker_options {
  std::size_t window = 100;                        ///< calls, 1..10,000
  duration window_time = std::chrono::seconds{60}; ///< 100ms..24h
  std::size_t min_calls = 20;                      ///< 1..window
  double failure_rate = 0.5;                       ///< 0..1
  duration slow_call = std::chrono::seconds{10};   ///< 1ms..1h
  double slow_rate = 0.8;                          ///< 0..1
  std::size_t consecutive = 10;                    ///< failures in a row, 1..10,000
  duration open_for = std::chrono::seconds{30};    ///< 10ms..24h
  std::size_t half_open_calls = 5;                 ///< 1..10,000
  bool operator==(const breaker_options&) const = default;
};

enum class starttls_mode : std::uint8_t { required, opportunistic, off };

/// What the sandbox provider acts out, as shares 0..1 of its calls.
struct sandbox_script {
  duration latency{};
  double fail_rate = 0, throttle_rate = 0, hang_rate = 0, ambiguous_rate = 0;
  std::uint64_t seed = 1;
  bool operator==(const sandbox_script&) const = default;
};

struct provider_options {
  std::string name;     ///< of its section
  std::string protocol; ///< a row of the table of protocols
  std::optional<carillon::channel> channel;
  std::string base_url;
  std::map<std::string, secret> credentials;
  std::vector<secret> signing_secrets; ///< webhook: newest first, each signs
  std::string from;                    ///< email: the From address, `Name <a@b>` or `a@b`
  starttls_mode starttls = starttls_mode::required;
  duration timeout = std::chrono::seconds{30}; ///< of one call, 10ms..10m
  std::size_t connections = 16;                ///< 1..1,000
  double rate = 0;                             ///< calls per second and lane, 0: no limit
  std::size_t in_flight = 64;                  ///< slots: calls at once and lane, 1..10,000
  std::size_t max_per_endpoint =
    0; ///< webhook: of those, to one endpoint that has not earned more; 0..in_flight, 0: an eighth
  breaker_options breaker;
  sandbox_script sandbox;
  bool operator==(const provider_options&) const = default;
};

enum class backoff_strategy : std::uint8_t { exponential, fixed, tiers };
enum class jitter_mode : std::uint8_t { full, none };

struct retry_options {
  bool enabled = true;
  int max_attempts = 5;                               ///< every call of one delivery, 1..100
  duration initial_backoff = std::chrono::seconds{1}; ///< 1ms..24h, at most max_backoff
  duration max_backoff = std::chrono::minutes{10};    ///< 1ms..7d
  backoff_strategy strategy = backoff_strategy::exponential;
  jitter_mode jitter = jitter_mode::full;
  bool operator==(const retry_options&) const = default;
};

struct channel_options {
  std::vector<std::string> providers; ///< in order of preference
  int fallback_after = 2;             ///< `retry` outcomes at one provider before the next, 1..100
  retry_options retry;
  std::optional<limit_options> limits; ///< per person on this channel
  bool operator==(const channel_options&) const = default;
};

struct category_options {
  bool quiet_hours = false;
  bool opt_out = true;
  bool default_enabled = true;
  bool unsubscribe = false;
  std::optional<duration> expires_after; ///< 1s..366d
  std::optional<limit_options> limits;   ///< per person in this category
  bool operator==(const category_options&) const = default;
};

struct type_options {
  std::string category = "transactional";
  carillon::priority priority = carillon::priority::medium;
  std::vector<channel> channels; ///< empty: by preference and address
  carillon::routing routing = carillon::routing::all;
  bool mandatory = false;                ///< beats opt-outs and quiet hours, never suppressions
  std::optional<duration> expires_after; ///< 1s..366d
  ambiguity_policy on_ambiguous = ambiguity_policy::retry;
  std::optional<limit_options> limit; ///< per person and type
  bool operator==(const type_options&) const = default;
};

struct limits_options {
  std::optional<limit_options> global, per_user, per_user_channel, per_channel;
  bool operator==(const limits_options&) const = default;
};

struct egress_options {
  std::vector<std::string> allow; ///< CIDR blocks that guarded calls may reach
  std::string proxy;
  bool operator==(const egress_options&) const = default;
};

struct log_options {
  std::string level = "info"; ///< debug, info, warning, error
  bool operator==(const log_options&) const = default;
};

/// A retry budget bounds retries to a share of first attempts, so that an outage
/// does not multiply the load on the vendor.
struct retry_budget_options {
  double ratio = 0.2;  ///< retries per first attempt, 0..10
  double minimum = 10; ///< retries per second that are always allowed
  bool operator==(const retry_budget_options&) const = default;
};

struct quiet_options {
  std::string start = "22:00", end = "08:00"; ///< default window of categories with quiet hours
  bool enabled = false;                       ///< applies to people who chose no window
  std::string time_zone = "UTC";              ///< where the person has none
  bool operator==(const quiet_options&) const = default;
};

struct options {
  std::filesystem::path file; ///< empty: no configuration file
  server_options server;
  auth_options auth;
  store_options store;
  node_options node;
  std::map<carillon::lane, lane_options> lanes; ///< both present after loading
  std::map<std::string, provider_options> providers;
  std::map<carillon::channel, channel_options> channels;
  std::map<std::string, category_options> categories;
  std::map<std::string, type_options> types;
  limits_options limits;
  egress_options egress;
  log_options log;
  retry_budget_options retry_budget;
  quiet_options quiet_hours;
  bool operator==(const options&) const = default;
};

/// The embedded default: SQLite in ./data, a sandbox on every outside channel, in_app.
options default_options();

} // namespace carillon
