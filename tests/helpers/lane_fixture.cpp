#include "tests/helpers/lane_fixture.hpp"

namespace carillon::test {

bool recording_telemetry::wants(log_level level) const {
  return level >= least;
}

lane_fixture::lane_fixture(lane l) : ids(l, 0, 1), context(make_context(l)) {}

lane_fixture::~lane_fixture() {
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

peers_ptr lane_fixture::peers() const {
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

peers_ptr lane_fixture::with_new_status_sink() {
  auto all = *peers();
  all.status_sink = next_status_sink_peer.as<status_sink_actor>();
  return std::make_shared<const lane_peers>(std::move(all));
}

void lane_fixture::advance(duration d) {
  auto& timers = coordinator_.clock();
  auto goal = timers.current_time + d;
  while (!timers.schedule().empty() && timers.schedule().begin()->first <= goal)
    pass(timers.schedule().begin()->first - timers.current_time);
  pass(goal - timers.current_time);
}

void lane_fixture::pass(std::chrono::nanoseconds d) {
  d = std::max(d, std::chrono::nanoseconds{0});
  clock.pass(std::chrono::duration_cast<duration>(d));
  coordinator_.advance_time(d);
  run();
}

context_ptr lane_fixture::make_context(lane l) {
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

} // namespace carillon::test
