// The tables of [server], [auth], [store], [node], [lanes.*], [egress], [log].
#include "config/settings.hpp"

namespace carillon::conf {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kib = 1'024;
constexpr std::int64_t mib = 1'024 * kib;

/// Where a request is made durable before it is answered: only the store for now.
binding<server_options> accept_via() {
  return {[](server_options&, const node& from, reader& in) {
    auto found = in.text(from);
    if (found == "kafka")
      in.wrong(from, "this build does not serve acceptance through Kafka yet", "Use \"store\" or remove the setting.");
    else if (found && *found != "store")
      in.wrong(from, "\"" + *found + "\" is not one of store, kafka", "Use \"store\" or remove the setting.");
  }};
}

} // namespace

const settings<server_options>& server_settings() {
  static const settings<server_options> rows{
    {"listen", text(&server_options::listen)},
    {"admin_listen", text(&server_options::admin_listen)},
    {"admin_open", flag(&server_options::admin_open)},
    {"public_url", text(&server_options::public_url)},
    {"tls",
     group<server_options>({{"cert", path(&server_options::tls_cert)}, {"key", path(&server_options::tls_key)}})},
    {"max_body", whole(&server_options::max_body, kib, 16 * mib, "bytes")},
    {"max_batch_body", whole(&server_options::max_batch_body, kib, 64 * mib, "bytes")},
    {"max_connections", whole(&server_options::max_connections, 1, 1'000'000)},
    {"header_timeout", span(&server_options::header_timeout, 10ms, 10min)},
    {"body_timeout", span(&server_options::body_timeout, 10ms, 1h)},
    {"idle_timeout", span(&server_options::idle_timeout, 10ms, 24h)},
    {"shutdown_grace", span(&server_options::shutdown_grace, 0ms, 1h)},
    {"accept_deadline", span(&server_options::accept_deadline, 10ms, 5min)},
    {"accept_via", accept_via()},
    {"idempotency_ttl", span(&server_options::idempotency_ttl, 1min, 30 * 24h)},
  };
  return rows;
}

const settings<auth_options>& auth_settings() {
  static const settings<auth_options> rows{{"required", flag(&auth_options::required)}};
  return rows;
}

const settings<store_options>& store_settings() {
  static const settings<store_options> rows{
    {"url", text(&store_options::url)},
    {"retention", span(&store_options::retention, 1h, 3'650 * 24h)},
    {"allow_weak_durability", flag(&store_options::allow_weak_durability)},
  };
  return rows;
}

const settings<node_options>& node_settings() {
  static const settings<node_options> rows{
    {"name", text(&node_options::name)},
    {"scheduling",
     word(&node_options::scheduling,
          words<scheduling>{{"off", scheduling::off}, {"realtime", scheduling::realtime}, {"idle", scheduling::idle}})},
  };
  return rows;
}

const settings<lane_options>& lane_settings() {
  static const settings<lane_options> rows{
    {"priorities", word_list(&lane_options::priorities,
                             words_of({priority::critical, priority::high, priority::medium, priority::low}))},
    {"threads", whole(&lane_options::threads, 1, 64)},
    {"window", whole(&lane_options::window, 16, 1'000'000, "deliveries")},
    {"accept_queue", whole(&lane_options::accept_queue, 1, 100'000, "requests")},
    {"door_queue", whole(&lane_options::door_queue, 1, 1'000'000, "requests")},
    {"per_tenant_rate", number(&lane_options::per_tenant_rate, 0, 1e6)},
    {"preference_cache", whole(&lane_options::preference_cache, 1, 10'000'000, "people")},
  };
  return rows;
}

const settings<egress_options>& egress_settings() {
  static const settings<egress_options> rows{
    {"allow", texts(&egress_options::allow)},
    {"proxy", text(&egress_options::proxy)},
  };
  return rows;
}

const settings<log_options>& log_settings() {
  static const settings<log_options> rows{
    {"level",
     word(&log_options::level,
          words<std::string>{{"debug", "debug"}, {"info", "info"}, {"warning", "warning"}, {"error", "error"}})},
  };
  return rows;
}

} // namespace carillon::conf
