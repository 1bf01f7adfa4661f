// Throttle: holds the token buckets and applies the limits to deliveries that may
// be sent now. One per lane. Bulk's owns the people's limits; critical work is
// exempt from them and posts its debits there. Limits of a channel and of everything
// hold critical to what it sends itself, and it posts those debits too: so both
// lanes together keep them, and bulk is the one that yields. After a start, and a
// step of the clock back, the buckets are rebuilt from recent attempts; work that
// comes before that waits, and preference decides it again then. Work whose place
// fell due while nobody paced it (a stop, a step) asks for another when it comes.
#pragma once

#include <variant>

#include "actors/lane_context.hpp"
#include "actors/policy/limits.hpp"

namespace carillon {

struct throttle_config {
  std::size_t buckets = 200'000; ///< remembered; the longest unused goes first
};

struct throttle_state {
  static inline const char* name = "throttle";
  using waiting = std::variant<intake_ptr, work_ptr, debits_ptr>;

  context_ptr context;
  throttle_actor self;
  peers_ptr peers;
  std::unique_ptr<bucket_table> buckets;
  std::shared_ptr<const booking::book> book; ///< takes debits back that were made here
  throttle_config how;
  bool rebuilt = false;
  int reads = 0;                 ///< of history, not answered yet
  unsigned generation = 0;       ///< of the buckets
  sys_time places_from{};        ///< when the buckets were rebuilt, or the clock stepped forward
  sys_time places_known_until{}; ///< the last place that was read when they were rebuilt
  duration clock_ahead{};        ///< of the clock that never steps
  sys_time latest{};             ///< instant since the buckets were rebuilt
  std::vector<waiting> early;    ///< came before the buckets were rebuilt

  void start();
  void watch_clock();
  /// The place that is reserved for it, now or later; nothing where it needs one.
  std::optional<sys_time> place_held(const delivery& d, delivery_status stored) const;
  void rebuild(const std::vector<pulled>& recent, sys_time known_until);
  void replay(const delivery& d, sys_time at);
  void decide(waiting what);
  template <class Work>
  void decide_again(const Work& what);
  void decide_again(const debits_ptr& debits);
  void apply(const intake_ptr& what);
  void apply(const work_ptr& what);
  void apply(const debits_ptr& debits) { debit_all(debits); }
  /// The limits that this lane holds a delivery to.
  std::vector<applied_limit> limits_on(const delivery& d, const std::string& category,
                                       const feature_settings& settings) const;
  void count(const limit_verdict& what) const;
  /// Charges what may be sent now; the fault where a limit refuses the request.
  std::optional<fault> charge_all(intake& what);
  std::optional<fault> charge_in_turn(intake& what);
  std::optional<fault> charge_dry(intake& what);
  void debit_all(const debits_ptr& debits);
  void refund_all(const std::vector<debit>& debits);
  void take_back(booking& what);
  /// `own` from `first` on are the debits of the place.
  limit_verdict expires_before(delivery& d, limit_verdict place, std::vector<debit>& own, std::size_t first);

  /// Charges one delivery; its status, due time and decision say what came of it.
  limit_verdict charge_one(delivery& d, const std::string& category, std::optional<sys_time> held, booking& booked);
};

throttle_actor::behavior_type throttle(throttle_actor::stateful_pointer<throttle_state> self, context_ptr context,
                                       throttle_config config);

} // namespace carillon
