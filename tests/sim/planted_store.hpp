// A lane store with one of the defects of plants.hpp that sit in a store.
#pragma once

#include <set>

#include "tests/sim/model/model_stores.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

class planted_store final : public model_lane_store {
public:
  planted_store(surroundings& around, lane_model& model, file_lines lines, start_watcher watch_starts)
      : model_lane_store(model, lines, std::move(watch_starts)), around_(around) {}

  void accept(acceptance what, done<receipt> then) override;
  void update(delivery_update what, done<update_result> then) override;
  void pull(pull_request what, done<pull_result> then) override;
  void recent_attempts(sys_time since, sys_time now, done<limit_history> then) override;

private:
  surroundings& around_;
  std::set<row_key> unwritten_; ///< deliveries with an update that failed and has not gone through since
};

/// What plant::double_send does to the file before a process starts on it.
void take_starts_back(lane_model& model, sys_time now);

} // namespace carillon::sim
