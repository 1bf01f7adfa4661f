#include "tests/sim/misfortune.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

/// The actors of a lane, as the keeper and the supervisor name them.
std::vector<std::string> children(const options& config, lane l) {
  std::vector<std::string> all{"supervisor", "ingest", "throttle", "dispatcher", "retry_timer", "status_sink"};
  for (auto& [name, provider] : config.providers)
    all.push_back("provider." + name);
  for (unsigned shard = 0; shard < config.lanes.at(l).threads; ++shard)
    all.push_back("preference." + std::to_string(shard));
  return all;
}

void step_clock(surroundings& around) {
  static const std::vector<duration> steps{-2s, -1min, -1h, -24h, 3s, 1min, 1h, 24h};
  auto by = around.chance.one_of(steps);
  around.log.note("clock", by.count());
  around.step_clock(by);
}

} // namespace

void plan_misfortunes(surroundings& around, const std::unique_ptr<process>& engine) {
  auto sometime = [&](int count, auto what) {
    for (int i = 0; i < count; ++i)
      around.todo.in(around.chance.between(0us, around.plan.busy), what);
  };
  sometime(around.plan.bad.actors_killed, [&around, &engine] {
    auto l = around.chance.chance(0.3) ? lane::critical : lane::bulk;
    auto who = around.chance.one_of(children(around.plan.config, l));
    around.log.note("kill", to_string(l), who);
    if (engine)
      engine->kill(l, who);
  });
  sometime(around.plan.bad.process_crashes, [&around] { around.crash("kill -9"); });
  sometime(around.plan.bad.full_disks, [&around] {
    around.disk_full_until = around.clock.steady() + around.chance.between(500ms, 6s);
    around.log.note("disk", "full");
  });
  sometime(around.plan.bad.clock_steps, [&around] { step_clock(around); });
}

} // namespace carillon::sim
