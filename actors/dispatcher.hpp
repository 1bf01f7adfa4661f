// Dispatcher: finds each delivery a provider. New requests go the straight way
// where a slot is free and nothing older waits: one commit keeps the request and
// the start of its attempt. Where that is so in a moment they wait for it, unanswered:
// what goes by way of the store costs a write and a read more, and whoever comes
// after it has to go that way too. Everything else stays in the store and is read
// when its provider grants credit. Sent to by throttle, preference, providers, the
// retry timer and the status sink.
#pragma once

#include <deque>
#include <set>

#include "actors/lane_context.hpp"
#include "actors/policy/ready_queues.hpp"
#include "actors/policy/routing.hpp"

namespace carillon {

struct dispatcher_config {
  std::chrono::milliseconds store_pause{200}; ///< before reading again after the store failed
  /// A request waits for the straight way at least so long and at most twice; 0: it
  /// goes into the store at once.
  std::chrono::milliseconds patience{20};
  /// Nobody waits for a queue for so long after one waited in vain: the places at the
  /// door are everybody's.
  std::chrono::milliseconds after_vain_wait{5'000};
};

struct dispatcher_state {
  static inline const char* name = "dispatcher";

  context_ptr context;
  dispatcher_actor self;
  dispatcher_config config;
  peers_ptr peers;
  std::unique_ptr<ready_queues> queues;
  bool draining = false;
  bool pausing = false; ///< the store failed: a beat is under way
  bool named = false;   ///< the queues of before are known
  /// A request that waits for the straight way, and under what it was decided.
  struct waiting_request {
    intake_ptr what;
    queue_key queue; ///< which of its queues it waits for
    sys_time since;
    feature_settings_ptr settings;
    bool patience_over = false;
  };
  std::deque<waiting_request> waiting; ///< urgent ones first, in the order of arrival; as many as the door lets in
  bool waiting_is_timed = false;       ///< a patience is under way
  std::set<queue_key> left_behind;     ///< of providers that are gone: read on once what was read is settled
  dispatcher_actor::stateful_pointer<dispatcher_state> self_ptr = nullptr;

  /// Finds queues that have unfinished work from before, also what an earlier
  /// incarnation still had on its way into the store.
  void find_queues();
  void found_queues(const queue_list_ptr& all);
  void read_orphans(const std::string& queue);
  void end_orphans(const pulled_ptr& rows);
  void place(const intake_ptr& what);
  void place(const work_ptr& what);
  /// Places who waited, in their order, where waiting has become pointless:
  /// the straight way is open, or it will not be soon.
  void let_in();
  void wait_no_longer();
  void changed(const change& what);
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
  void assign_route(delivery_work& w) const;
  /// The queue that is worth a wait; nothing where the request is to be placed now.
  std::optional<queue_key> worth_waiting_for(const intake& what) const;
  /// What was decided when it began to wait would be decided now as well.
  bool still_holds(const waiting_request& w) const;
  void wait(const intake_ptr& what, queue_key queue);
  void start_patience();
  /// Asks the store to keep it, with the start of those that go straight, if any may.
  /// True where something waits in the store now.
  bool accept(const intake_ptr& what, bool may_go_straight);
  /// Starts it on the straight way, parks it, or fails it for want of a provider.
  void route(delivery_work& w, bool may_go_straight, std::vector<queue_key>& parked);
  void begin(delivery_work& w, const ready_queues::credit& credit, const std::optional<queue_key>& pulled_from);
  bool renew_slot(delivery_work& w, const queue_key& queue);
  void take_up(const queue_key& queue, struct pulled row, const ready_queues::credit& credit);
  void find_new_route(const queue_key& queue, struct pulled row);
  void fail_for_want_of_provider(delivery& d) const;
};

dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                                           context_ptr context, dispatcher_config config);

} // namespace carillon
