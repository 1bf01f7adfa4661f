#include "runtime/engine/lane_runtime.hpp"

#include <caf/all.hpp>
#include <cstdlib>
#include <random>

#include "actors/keeper.hpp"
#include "actors/messaging.hpp"
#include "runtime/client/curl_client.hpp"
#include "runtime/engine/thread_naming.hpp"

namespace carillon {
namespace {

/// Whoever asks what a notification waits for is told within this, of how it stood at most so long before.
constexpr std::chrono::milliseconds glance_patience{250};
constexpr std::chrono::milliseconds glance_age{100};

/// Messages an actor takes before others have their turn.
constexpr std::size_t messages_a_turn = 64;

std::string short_name(lane l) {
  return l == lane::critical ? "crit" : "bulk";
}

std::uint64_t random_seed() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

std::unique_ptr<vendor_client> make_client(lane l, const options& config) {
  client_settings settings;
  settings.thread_name = short_name(l) + "-client";
  settings.whose = turn_of(l);
  settings.guard = *egress_policy::parse(config.egress.allow); // validated at start
  settings.proxy = config.egress.proxy;
  settings.hello_name = config.node.name;
  if (const char* file = std::getenv("SSL_CERT_FILE")) // as OpenSSL programs take it
    settings.ca_file = file;
  std::size_t connections = 0, most = 1;
  for (auto& [name, p] : config.providers) {
    connections += p.connections;
    most = std::max(most, p.connections);
  }
  settings.max_connections = std::max<std::size_t>(connections, 1);
  settings.max_host_connections = most;
  return std::make_unique<curl_client>(std::move(settings));
}

/// Collects provider views and answers once, however many come.
struct looker_state {
  static inline const char* name = "looker";
  std::vector<provider_view> views;
  std::size_t missing = 0;
  std::function<void(std::vector<provider_view>)> then;
  /// True once all have answered or given up.
  bool arrived() {
    if (--missing > 0)
      return false;
    then(std::move(views));
    return true;
  }
};

caf::behavior looker(caf::stateful_actor<looker_state>* self, peers_ptr peers, duration patience,
                     std::function<void(std::vector<provider_view>)> then) {
  self->state.missing = peers->providers.size();
  self->state.then = std::move(then);
  for (auto& [provider_name, provider] : peers->providers)
    self->request(provider, patience, look_atom_v)
      .then(
        [self](provider_view& view) {
          self->state.views.push_back(std::move(view));
          if (self->state.arrived())
            self->quit();
        },
        [self](const caf::error&) {
          if (self->state.arrived())
            self->quit();
        });
  return {[](const caf::unit_t&) {}};
}

} // namespace

lane_runtime::system_config::system_config(lane l, const lane_options& config) {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", config.threads);
  set("scheduler.max-throughput", messages_a_turn);
  add_thread_hook<thread_naming>(short_name(l) + "-actor", turn_of(l));
}

lane_runtime::lane_runtime(lane l, const options& config, lane_store& store, control_store& control, inbox_store& inbox,
                           sandbox_log& sandbox, const wall_clock& clock, telemetry& watch, key_registry& keys,
                           lane_links links)
    : lane_(l),
      ids_(l, store.newest_key(), random_seed()),
      vendors_(make_client(l, config)),
      glance_([this](auto then) { look_at_providers(glance_patience, std::move(then)); }, glance_age),
      config_(l, config.lanes.at(l)),
      system_(config_) {
  context_ = std::make_shared<const lane_context>(lane_context{
    .lane = l,
    .config = config,
    .store = store,
    .control = control,
    .inbox = inbox,
    .vendors = *vendors_,
    .sandbox = sandbox,
    .clock = clock,
    .watch = watch,
    .ids = ids_,
    .keys = keys,
    .seed = random_seed(),
    .link_key = std::move(links.link_key),
    .settings = std::move(links.settings),
    .standing_order = std::move(links.standing_order),
    .announce = std::move(links.announce),
    .post_debits = std::move(links.post_debits),
    .publish = [this](peers_ptr now) { publish(std::move(now)); },
    .report_health =
      [this](const lane_view& view) {
        std::scoped_lock guard{mutex_};
        health_ = view;
      },
    .escalate = std::move(links.escalate),
  });
}

void lane_runtime::start() {
  keeper_ = system_.spawn(carillon::keeper, context_, keeper_config{});
  caf::actor_cast<caf::abstract_actor*>(keeper_)->attach_functor([context = context_](const caf::error& why) {
    if (why != caf::exit_reason::user_shutdown)
      context->escalate("the keeper of this lane died");
  });
  std::unique_lock wait{mutex_};
  published_.wait(wait, [this] { return peers_ != nullptr; });
}

lane_runtime::~lane_runtime() {
  stop_actors();
}

void lane_runtime::publish(peers_ptr peers) {
  std::scoped_lock guard{mutex_};
  peers_ = std::move(peers);
  published_.notify_all();
}

peers_ptr lane_runtime::peers() const {
  std::scoped_lock guard{mutex_};
  return peers_;
}

lane_view lane_runtime::health() const {
  std::scoped_lock guard{mutex_};
  return health_;
}

void lane_runtime::look_at_providers(duration patience, std::function<void(std::vector<provider_view>)> then) {
  auto now = peers();
  if (!now || now->providers.empty())
    return then({});
  system_.spawn(looker, now, patience, std::move(then));
}

void lane_runtime::drain() {
  cross(keeper_, drain_atom_v);
}

void lane_runtime::stop_actors() {
  if (std::exchange(stopped_, true))
    return;
  context_ = nullptr;
  if (keeper_) // it takes the supervisor with it, and that its children
    caf::anon_send_exit(keeper_, caf::exit_reason::user_shutdown);
  keeper_ = nullptr;
  {
    std::scoped_lock guard{mutex_};
    peers_.reset();
  }
  system_.await_all_actors_done();
  vendors_.reset();
}

} // namespace carillon
