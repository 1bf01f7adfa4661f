// Dispatcher: finds each delivery a provider. New requests go the straight way
// where a slot is free and nothing older waits: one commit keeps the request and
// the start of its attempt. Everything else stays in the store and is read when
// its provider grants credit. Sent to by throttle, preference, providers, the
// retry timer and the status sink.
#pragma once

#include "actors/lane_context.hpp"
#include "actors/policy/ready_queues.hpp"
#include "actors/policy/routing.hpp"

namespace carillon {

struct dispatcher_config {
  std::chrono::milliseconds store_pause{200}; ///< before reading again after the store failed
};

struct dispatcher_state {
  static inline const char* name = "dispatcher";

  context_ptr context;
  dispatcher_actor self;
  dispatcher_config config;
  peers_ptr peers;
  std::unique_ptr<ready_queues> queues;
  bool draining = false;
  bool pausing = false;            ///< the store failed: a beat is under way
  bool named = false;              ///< the queues of before are known
  std::set<queue_key> left_behind; ///< of providers that are gone: read on once what was read is settled
  dispatcher_actor::stateful_pointer<dispatcher_state> self_ptr = nullptr;

  /// Finds queues that have unfinished work from before, also what an earlier
  /// incarnation still had on its way into the store.
  void find_queues();
  void found_queues(const queue_list_ptr& all);
  void read_orphans(const std::string& queue);
  void end_orphans(const pulled_ptr& rows);
  void place(const intake_ptr& what);
  void place(const work_ptr& what);
  void pulled(const queue_key& queue, const pull_answer_ptr& answer);
  void meet(const peers_ptr& now);
  /// Reads queues as long as there is work and credit.
  void fill();
  /// Waits a moment before the store is asked again.
  void stalled(const queue_key& queue);
  void dropped(const queue_key& queue, row_key key);
  /// It is out of the dispatcher's hands.
  void settled(const queue_key& queue, row_key key);
  void pause();
  void resume();

  void explain(intake& what);
  /// Starts it on the straight way, parks it, or fails it for want of a provider.
  void route(delivery_work& w, std::vector<queue_key>& parked);
  void begin(delivery_work& w, const ready_queues::credit& credit, const std::optional<queue_key>& pulled_from);
  bool renew_slot(delivery_work& w, const queue_key& queue);
  void take_up(const queue_key& queue, struct pulled row, const ready_queues::credit& credit);
  void find_new_route(const queue_key& queue, struct pulled row);
  void fail_for_want_of_provider(delivery& d) const;
};

dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                                           context_ptr context, dispatcher_config config);

} // namespace carillon
