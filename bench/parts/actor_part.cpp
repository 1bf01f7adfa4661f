#include <caf/all.hpp>
#include <functional>
#include <vector>

#include "actors/messaging.hpp"
#include "bench/parts/closed_loop.hpp"
#include "messages/actors.hpp"

namespace parts {
namespace {

using namespace carillon;

/// Messages one notification costs on the straight way: ingest, preference,
/// throttle, dispatcher; provider when it is durable and when the vendor answers;
/// status sink when the attempt ends and when that is durable; provider, and the
/// dispatcher with the slot.
constexpr std::size_t hops = 10;

using hop = caf::typed_actor<caf::reacts_to<submit_atom, intake_ptr>>;

hop::behavior_type passing(hop::pointer, hop next) {
  return {[next = std::move(next)](submit_atom, const intake_ptr& what) { pass(next, false, submit_atom_v, what); }};
}

hop::behavior_type ending(hop::pointer, std::function<void()> then) {
  return {[then = std::move(then)](submit_atom, const intake_ptr&) { then(); }};
}

/// As a lane has it: one thread, CAF's work sharing, turns of 64 messages.
class lane_like final : public caf::actor_system_config {
public:
  lane_like() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 1U);
    set("scheduler.max-throughput", std::size_t{64});
  }
};

} // namespace

tally run_actors(const assignment& what) {
  lane_like config;
  caf::actor_system system{config};
  closed_loop loop;
  hop first;
  std::function<void()> start = [&first] { pass(first, false, submit_atom_v, std::make_shared<intake>()); };
  first = system.spawn(ending, std::function<void()>{[&loop, &start] { loop.ended(start); }});
  std::vector<hop> chain{first};
  while (chain.size() < hops)
    chain.push_back(first = system.spawn(passing, chain.back()));
  const auto done = loop.run(what, start);
  for (auto& one : chain)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  return done;
}

} // namespace parts
