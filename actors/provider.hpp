// Provider: one per configured provider and lane. Owns the breaker, the slots and
// the vendor's rate; hands out credit for them, makes the calls, and keeps a call
// and its outcome until the status sink says that the outcome is durable. So the
// calls that a crash leaves ambiguous are never more than its slots. Sent to by
// the store's callbacks (started work), the vendor client and the status sink.
#pragma once

#include <map>
#include <random>

#include "actors/lane_context.hpp"
#include "actors/policy/breaker.hpp"
#include "actors/policy/endpoint_share.hpp"
#include "actors/policy/token_bucket.hpp"
#include "actors/policy/wake_timer.hpp"
#include "actors/providers/protocol.hpp"

namespace carillon {

/// Whether its vendor asked for a pause, and whether others should take its work meanwhile.
enum class pausing : std::uint8_t { no, shortly, long_enough_for_others };

struct provider_config {
  provider_options options;
  std::size_t slots = 64;              ///< calls at once: in_flight, and no more than its share of the window
  std::size_t idle_endpoints = 10'000; ///< of people: remembered at most, besides those that are being called
  std::chrono::milliseconds recovery_pause{500};
};

struct provider_state {
  static inline const char* name = "provider";

  /// A call from its durable start to its durable outcome.
  struct call {
    notification_ptr n;
    delivery d;
    std::chrono::steady_clock::time_point began{};
    std::string endpoint; ///< of a person's own; empty: a vendor's
    report_ptr outcome;   ///< null while it is on the wire
  };

  context_ptr context;
  provider_config config;
  const protocol* how = nullptr;
  provider_actor self;
  provider_actor::stateful_pointer<provider_state> self_ptr = nullptr;
  peers_ptr peers;
  std::unique_ptr<breaker> gate;
  std::unique_ptr<endpoint_share> endpoints;
  token_bucket rate;
  std::mt19937_64 random;
  std::map<row_key, call> calls;
  sys_time paused_until{}; ///< the provider as a whole, in even time
  std::uint64_t epoch = 0; ///< of the credit handed out; 0: recovering
  std::size_t granted = 0; ///< credit of this epoch that has not come back as work
  bool draining = false;
  bool recovering = false;
  bool passed_over = false; ///< others may take its work: its breaker opened, or its pause is long
  bool in_doubt = false;    ///< work with slots of an older epoch may still be on its way into the store
  wake_timer timer;
  std::optional<breaker_state> shown; ///< to the metrics

  // --- credit
  void new_epoch();
  void void_credit();
  void credit_voided(std::uint64_t which);
  void issue();
  std::size_t usable();
  std::size_t within_rate(std::size_t n);
  limit_options rate_limit() const;
  duration patience() const;
  std::optional<channel> serves() const;
  /// Tells the metrics of a breaker that has changed.
  void show_breaker();
  pausing pause_now() const;
  void wake_at(sys_time when);
  /// A pause or an open breaker ends by itself: looks again then.
  void wake_when_unblocked();

  // --- calls
  void send(const work_ptr& what);
  void make_call(call& c);
  void put_in_inbox(const call& c);
  void act_in_sandbox(const call& c);
  void answered(row_key key, const wire_answer& answer);
  void finish(call& c, const answer_meaning& meaning);
  bool is_of_person(const delivery& d) const;
  std::optional<endpoint_share::refusal> refuse(const delivery& d, const std::string& endpoint);
  void note(const call& c, const answer_meaning& meaning);
  void hand_back(const delivery_work& w, decision why, std::optional<sys_time> not_before);
  void settled(row_key key);

  // --- supervision
  void meet(const peers_ptr& now);
  void recover();
  void end_leftovers(const pulled_ptr& leftovers);
  void order(breaker_order what);
  provider_view look();
  std::optional<sys_time> rate_until() const;
  void look_again();
};

provider_actor::behavior_type provider(provider_actor::stateful_pointer<provider_state> self, context_ptr context,
                                       provider_config config);

} // namespace carillon
