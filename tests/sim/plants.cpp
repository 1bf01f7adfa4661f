#include "tests/sim/plants.hpp"

#include <algorithm>

#include "messages/transitions.hpp"
#include "tests/sim/planted_store.hpp"

namespace carillon::sim {

using namespace std::chrono_literals;

std::optional<plant> find_plant(std::string_view name) {
  auto found = std::find_if(plants.begin(), plants.end(), [&](auto& row) { return row.name == name; });
  return found == plants.end() ? std::nullopt : std::optional{found->what};
}

void planted_store::accept(acceptance what, done<receipt> then) {
  if (around_.planted(plant::forgotten_key))
    what.claim.reset();
  if (around_.planted(plant::lost_commit) && around_.chance.chance(0.05))
    return then(receipt{what.n->id, what.n->lane, false});
  model_lane_store::accept(std::move(what), std::move(then));
}

void planted_store::pull(pull_request what, done<pull_result> then) {
  if (around_.planted(plant::early_retry))
    what.now += 3s;
  if (around_.planted(plant::wrong_order))
    then = [then](result<pull_result> got) {
      if (got)
        std::reverse(got->rows.begin(), got->rows.end());
      then(std::move(got));
    };
  model_lane_store::pull(std::move(what), std::move(then));
}

void planted_store::update(delivery_update what, done<update_result> then) {
  auto key = what.d.key;
  model_lane_store::update(std::move(what), [this, key, then = std::move(then)](result<update_result> done) {
    if (done)
      unwritten_.erase(key);
    else
      unwritten_.insert(key);
    then(std::move(done));
  });
}

void planted_store::recent_attempts(sys_time since, sys_time now, done<limit_history> then) {
  auto behind = !unwritten_.empty();
  model_lane_store::recent_attempts(since, now, [&around = around_, behind, then](result<limit_history> got) {
    if (!got || around.stepped_far || behind)
      ++around.blinds;
    then(std::move(got));
  });
}

void take_starts_back(lane_model& model, sys_time now) {
  auto keys = model.unfinished();
  for (auto key : keys) {
    auto d = *model.row(key);
    if (d.status != delivery_status::sending)
      continue;
    delivery_update back{d, d.status, static_cast<int>(d.attempts.size())};
    back.d.attempts.pop_back();
    move_to(back.d, delivery_status::queued, now);
    model.update(back);
  }
}

} // namespace carillon::sim
