// Status sink: the only writer of outcomes. Puts dead addresses on the ledger,
// writes the new state, and only when that is durable settles with the provider
// and tells whoever has to go on. What the store cannot write is tried again
// until it can: the slots stay taken meanwhile, which bounds it.
#pragma once

#include <deque>
#include <map>
#include <random>

#include "actors/lane_context.hpp"
#include "actors/policy/follow_up.hpp"

namespace carillon {

struct status_sink_config {
  std::chrono::milliseconds store_pause{200}; ///< before writing again after the store failed
};

struct status_sink_state {
  static inline const char* name = "status_sink";

  context_ptr context;
  status_sink_config config;
  status_sink_actor self;
  status_sink_actor::stateful_pointer<status_sink_state> self_ptr = nullptr;
  peers_ptr peers;
  std::mt19937_64 random;
  /// Not durable yet: per delivery the one being written, then those from a later state of it.
  std::map<row_key, std::deque<order_ptr>> pending;
  std::vector<row_key> refused; ///< of those, what the store could not write

  void reported(const report_ptr& what);
  void record(const order_ptr& what);
  void begin(const update_order& what);
  void suppress(const update_order& what);
  void write(const update_order& what);
  void written(row_key key, const update_result& answer);
  void settle(const update_order& what);
  void follow(const update_order& what);
  void tell(const update_order& what) const;
  void release(const delivery& sibling);
  void failed(row_key key);
  void beat();
};

status_sink_actor::behavior_type status_sink(status_sink_actor::stateful_pointer<status_sink_state> self,
                                             context_ptr context, status_sink_config config);

} // namespace carillon
