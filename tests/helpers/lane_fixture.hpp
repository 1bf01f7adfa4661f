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

  explicit lane_fixture(lane l = lane::bulk);
  lane_fixture(const lane_fixture&) = delete;
  lane_fixture& operator=(const lane_fixture&) = delete;
  ~lane_fixture();

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
  peers_ptr peers() const;

  /// The same, after the status sink was restarted.
  peers_ptr with_new_status_sink();

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
  void advance(duration d);
  /// How many delayed messages wait for their time.
  std::size_t timers() const { return coordinator_.clock().schedule().size(); }

  caf::actor_system& system() { return system_; }

private:
  void pass(std::chrono::nanoseconds d);
  context_ptr make_context(lane l);

public:
  const context_ptr context; ///< last: it refers to what stands above
};

} // namespace carillon::test
