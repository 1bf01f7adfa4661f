// A throttle with its peers, and what they got.
#pragma once

#include "actors/throttle.hpp"
#include "tests/helpers/lane_fixture.hpp"

namespace carillon::test {

struct throttle_test : lane_fixture {
  explicit throttle_test(lane l = lane::bulk) : lane_fixture(l) { store.barriers.always(ok); }
  door caller;

  /// A throttle that found no history; the limits have to be set before.
  throttle_actor ready() {
    store.histories.always(limit_history{});
    return start(throttle, throttle_config{});
  }
  static limit_options one_a_minute(over_limit over) {
    return {.rate = 1, .per = std::chrono::minutes{1}, .burst = 1, .over = over};
  }
  /// What was passed on; it is on its way for the rest of the test, and keeps what it booked.
  intake_ptr placed() { return on_their_way.emplace_back(dispatcher_peer.take<intake_ptr>(place_atom_v)); }
  std::vector<intake_ptr> on_their_way;
  order_ptr recorded() { return status_sink_peer.take<order_ptr>(record_atom_v); }
};

struct critical_throttle_test : throttle_test {
  critical_throttle_test() : throttle_test(lane::critical) {}
};

} // namespace carillon::test
