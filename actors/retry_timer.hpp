// Retry timer: knows when work falls due. Due times are durable in the store; RAM
// holds those of the next minute as instants per queue, rounded up to 10 ms, so
// its size does not grow with the backlog. Plans what follows a failed attempt.
// Sent to by the status sink (plans, new due times) and the dispatcher.
#pragma once

#include <map>
#include <random>
#include <set>

#include "actors/lane_context.hpp"
#include "actors/policy/disposition.hpp"
#include "actors/policy/wake_timer.hpp"

namespace carillon {

struct retry_timer_config {
  duration horizon = std::chrono::seconds{60};
  duration tick = std::chrono::seconds{1};     ///< longest sleep: clock steps are noticed by then
  duration refresh = std::chrono::seconds{20}; ///< between reads of the horizon
  std::size_t entries = 20'000;                ///< of one read
};

struct retry_timer_state {
  static inline const char* name = "retry_timer";

  context_ptr context;
  retry_timer_config config;
  retry_timer_actor self;
  retry_timer_actor::stateful_pointer<retry_timer_state> self_ptr = nullptr;
  peers_ptr peers;
  std::unique_ptr<retry_budget> budget;
  std::mt19937_64 random;
  std::map<sys_time, std::set<queue_key>> due; ///< instants within the horizon
  std::chrono::steady_clock::time_point next_refresh{};
  sys_time read_until{};     ///< due times before it are in `due` or were passed on
  sys_time last_beat{};      ///< wall clock then
  sys_time last_even_beat{}; ///< and the clock that never steps
  bool set_back = false;     ///< the clock was, and not every queue was told yet
  bool reading = false;
  bool outdated = false; ///< what is read just now was asked for before a peer was restarted
  bool started = false;  ///< overdue work from before is known
  wake_timer timer;

  /// Overdue work from before, also what was on its way into the store, then the horizon.
  void start();
  void meet(const peers_ptr& now);
  void found_queues(const queue_list_ptr& all);
  void plan(const report_ptr& what);
  void waits(const queue_key& queue, sys_time until);
  void beat();
  /// Notices a clock that was set back: what waited by it is ready, says the store.
  void watch_clock(sys_time now);
  void wake_at(sys_time when);
  void refresh();
  void read(const due_list_ptr& entries, sys_time until);
  void expire(const pulled_ptr& held);
};

retry_timer_actor::behavior_type retry_timer(retry_timer_actor::stateful_pointer<retry_timer_state> self,
                                             context_ptr context, retry_timer_config config);

} // namespace carillon
