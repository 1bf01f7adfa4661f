#include "tests/sim/lane_system.hpp"

#include "actors/keeper.hpp"

namespace carillon::sim {

lane_system::lane_system(lane_context context, instant now)
    : coordinator_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())), now_(now) {
  context.publish = [this](peers_ptr all) { peers_ = std::move(all); };
  keeper_ = system_.spawn(carillon::keeper, std::make_shared<const lane_context>(std::move(context)), keeper_config{});
}

lane_system::~lane_system() {
  caf::anon_send_exit(keeper_, caf::exit_reason::kill);
  run_all();
  if (auto all = std::exchange(peers_, nullptr)) {
    auto end = [](auto& handle) { caf::anon_send_exit(handle, caf::exit_reason::kill); };
    end(all->ingest);
    for (auto& shard : all->preferences)
      end(shard);
    end(all->throttle);
    end(all->dispatcher);
    for (auto& [name, provider] : all->providers)
      end(provider);
    end(all->retry_timer);
    end(all->status_sink);
  }
  run_all();
}

void lane_system::run_all() {
  while (!coordinator_.jobs.empty())
    coordinator_.run_once();
}

const char* lane_system::name_of(std::size_t job) const {
  auto* actor = dynamic_cast<caf::scheduled_actor*>(coordinator_.jobs.at(job));
  return actor == nullptr ? "" : actor->name();
}

void lane_system::run(std::size_t job) {
  auto& jobs = coordinator_.jobs;
  auto chosen = jobs.begin() + static_cast<std::ptrdiff_t>(job);
  std::rotate(jobs.begin(), chosen, chosen + 1);
  coordinator_.run_once();
}

std::optional<instant> lane_system::next_timer() const {
  auto& timers = coordinator_.clock();
  if (timers.schedule().empty())
    return std::nullopt;
  auto wait = timers.schedule().begin()->first - timers.current_time;
  return now_ + std::max(wait, decltype(wait){0});
}

void lane_system::move_to(instant now) {
  if (now > now_)
    coordinator_.advance_time(now - now_);
  now_ = std::max(now_, now);
}

} // namespace carillon::sim
