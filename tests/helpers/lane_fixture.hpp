// A lane around one actor: its peers are probes, its ports are scripts, and time
// stands still until the test moves it. Actors run on CAF's test coordinator, on
// the test's own thread, so nothing here ever waits.
//
//   struct ingest_test : lane_fixture {
//     ingest_actor subject = start(ingest, ingest_config{});
//   };
//   TEST_CASE_METHOD(ingest_test, "a request is passed on with its id") {
//     door d;
//     send(subject, submit_atom_v, d.request());
//     auto what = preference.take<intake_ptr>(decide_atom_v);
//     CHECK(what->n->id != uuid{});
//   }
#pragma once

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/lane_context.hpp"
#include "actors/messaging.hpp"
#include "tests/helpers/probe.hpp"
#include "tests/helpers/recording_telemetry.hpp"
#include "tests/helpers/samples.hpp"
#include "tests/helpers/scripted_ports.hpp"

namespace carillon::test {

/// Wall clock and steady clock; only the wall clock can step.
class manual_clock final : public wall_clock {
public:
  sys_time now() const override { return wall_; }
  std::chrono::steady_clock::time_point steady() const { return steady_; }
  void pass(duration d) {
    wall_ += d;
    steady_ += d;
  }
  void step(duration d) { wall_ += d; }

private:
  sys_time wall_ = start_of_tests;
  std::chrono::steady_clock::time_point steady_{std::chrono::hours{1}};
};

class lane_fixture {
  // First, so that it outlives whatever holds an actor's handle.
  struct deterministic : caf::actor_system_config {
    deterministic() { set("scheduler.policy", caf::atom("testing")); }
  };
  deterministic caf_config_;
  caf::actor_system system_{caf_config_};
  caf::scheduler::test_coordinator& coordinator_ = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  std::vector<caf::actor> started_;

public:
  // --- the world
  manual_clock clock;
  recording_telemetry watch;
  scripted_lane_store store;
  scripted_control_store control;
  scripted_inbox_store inbox;
  scripted_vendors vendors;
  recording_sandbox sandbox;
  options config = two_providers();
  std::shared_ptr<feature_settings> settings = std::make_shared<feature_settings>();
  std::map<std::string, breaker_order> standing_orders;
  id_generator ids;
  key_registry keys;

  // --- what the actor told the world
  std::vector<change> announced;
  std::vector<debits_ptr> posted;
  std::vector<peers_ptr> published;
  std::vector<lane_view> health;
  std::vector<std::string> escalated;

  // --- its peers
  probe ingest_peer{system_}, preference_peer{system_}, throttle_peer{system_}, dispatcher_peer{system_},
    first_peer{system_}, backup_peer{system_}, retry_timer_peer{system_}, status_sink_peer{system_},
    next_status_sink_peer{system_};

  explicit lane_fixture(lane l = lane::bulk) : ids(l, 0, 1), context(make_context(l)) {}
  lane_fixture(const lane_fixture&) = delete;
  lane_fixture& operator=(const lane_fixture&) = delete;
  ~lane_fixture() {
    for (auto& actor : started_)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    for (auto* peer : {&ingest_peer, &preference_peer, &throttle_peer, &dispatcher_peer, &first_peer, &backup_peer,
                       &retry_timer_peer, &status_sink_peer, &next_status_sink_peer})
      peer->leave();
    run();
    store.forget();
    control.forget();
    inbox.forget();
    vendors.forget();
    run();
  }

  /// Spawns the actor under test; it does not know its peers yet.
  template <class Actor, class Config>
  auto spawn(Actor actor, Config how) {
    auto handle = system_.spawn(actor, context, std::move(how));
    started_.push_back(caf::actor_cast<caf::actor>(handle));
    run();
    return handle;
  }
  /// Spawns it and introduces its peers.
  template <class Actor, class Config>
  auto start(Actor actor, Config how) {
    auto handle = spawn(actor, std::move(how));
    send(handle, peers_atom_v, peers());
    return handle;
  }

  /// The probes, as the actors of a lane.
  peers_ptr peers() const {
    lane_peers all;
    all.ingest = ingest_peer.as<ingest_actor>();
    all.preferences = {preference_peer.as<preference_actor>()};
    all.throttle = throttle_peer.as<throttle_actor>();
    all.dispatcher = dispatcher_peer.as<dispatcher_actor>();
    all.providers = {{"first", first_peer.as<provider_actor>()}, {"backup", backup_peer.as<provider_actor>()}};
    all.retry_timer = retry_timer_peer.as<retry_timer_actor>();
    all.status_sink = status_sink_peer.as<status_sink_actor>();
    return std::make_shared<const lane_peers>(std::move(all));
  }

  /// The same, after the status sink was restarted.
  peers_ptr with_new_status_sink() {
    auto all = *peers();
    all.status_sink = next_status_sink_peer.as<status_sink_actor>();
    return std::make_shared<const lane_peers>(std::move(all));
  }

  /// Sends and lets everything happen that follows from it.
  template <class Handle, class... Ts>
  void send(const Handle& to, Ts... parts) {
    cross(to, std::move(parts)...);
    run();
  }
  template <class Handle>
  void kill(const Handle& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::kill);
    run();
  }
  /// Asks and waits for the answer, which has to come without time passing.
  template <class Answer, class Handle, class... Ts>
  Answer ask(const Handle& whom, Ts... parts) {
    caf::scoped_actor asker{system_};
    auto pending = asker->request(whom, std::chrono::seconds{1}, std::move(parts)...);
    run();
    std::optional<Answer> answer;
    pending.receive([&](Answer& got) { answer = std::move(got); },
                    [](const caf::error&) { FAIL("the question was not answered"); });
    return std::move(*answer);
  }

  void run() { coordinator_.run(); }
  /// Lets time pass, timer by timer, so that each acts at its own instant.
  void advance(duration d) {
    auto& timers = coordinator_.clock();
    auto goal = timers.current_time + d;
    while (!timers.schedule().empty() && timers.schedule().begin()->first <= goal)
      pass(timers.schedule().begin()->first - timers.current_time);
    pass(goal - timers.current_time);
  }
  /// How many delayed messages wait for their time.
  std::size_t timers() const { return coordinator_.clock().schedule().size(); }

  caf::actor_system& system() { return system_; }

private:
  void pass(std::chrono::nanoseconds d) {
    d = std::max(d, std::chrono::nanoseconds{0});
    clock.pass(std::chrono::duration_cast<duration>(d));
    coordinator_.advance_time(d);
    run();
  }
  context_ptr make_context(lane l) {
    return std::make_shared<const lane_context>(lane_context{
      .lane = l,
      .config = config,
      .store = store,
      .control = control,
      .inbox = inbox,
      .vendors = vendors,
      .sandbox = sandbox,
      .clock = clock,
      .watch = watch,
      .ids = ids,
      .keys = keys,
      .settings = [this] { return settings; },
      .standing_order =
        [this](const std::string& provider) {
          auto found = standing_orders.find(provider);
          return found == standing_orders.end() ? breaker_order::automatic : found->second;
        },
      .steady = [this] { return clock.steady(); },
      .announce = [this](const change& what) { announced.push_back(what); },
      .post_debits = l == lane::critical ? [this](debits_ptr what) { posted.push_back(std::move(what)); }
                                         : std::function<void(debits_ptr)>{},
      .publish = [this](peers_ptr now) { published.push_back(std::move(now)); },
      .report_health = [this](const lane_view& view) { health.push_back(view); },
      .escalate = [this](std::string reason) { escalated.push_back(std::move(reason)); },
    });
  }

public:
  const context_ptr context; ///< last: it refers to what stands above
};

} // namespace carillon::test
