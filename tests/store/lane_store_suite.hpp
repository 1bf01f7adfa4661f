// The contract of lane_store as one list of cases; every implementation runs it.
#pragma once

#include "lane_accept_cases.hpp"
#include "lane_hand_cases.hpp"
#include "lane_list_cases.hpp"
#include "lane_queue_cases.hpp"
#include "lane_work_cases.hpp"

namespace carillon::test {

inline std::vector<suite_case> lane_store_suite() {
  std::vector<suite_case> all;
  for (auto* part : {&accept_cases::all, &work_cases::all, &queue_cases::all, &hand_cases::all, &list_cases::all})
    all.insert(all.end(), part->begin(), part->end());
  return all;
}

} // namespace carillon::test
