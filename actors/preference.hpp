// Preference: decides, for each address of a notification, whether a person wants
// it now, later or not at all. Sharded by user; holds a bounded cache of people
// that forgets exactly what changed. Sent to by ingest, the dispatcher (stored
// work is decided again before every attempt) and the doors (what changed).
#pragma once

#include <deque>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/lane_context.hpp"
#include "actors/policy/bounded_cache.hpp"
#include "actors/policy/choice.hpp"
#include "actors/policy/packed_person.hpp"

namespace carillon {

struct preference_config {
  std::size_t cached_people = 100'000;
  std::string child_name = "preference"; ///< of this shard, for the metrics
};

struct preference_state {
  static inline const char* name = "preference";
  using waiting = std::variant<intake_ptr, work_ptr>;
  using address_list = std::vector<std::pair<channel, std::string>>;

  context_ptr context;
  preference_actor self;
  std::string child_name;
  peers_ptr peers;
  bounded_cache<packed_person> people;

  /// A look-up under way, and who waits for it. One read of it at a time.
  struct look_up {
    space where;
    std::string user_id;
    address_list extra; ///< asked about beside the person's own
    bool cacheable = false;
    std::uint64_t number = 0; ///< of its read
    std::vector<waiting> waiters = {};
    std::optional<result<person>> answer = {}; ///< waits for those before it
    // What changed since it was read, or while it was.
    bool outdated = false;
    address_list changed = {}; ///< addresses whose suppressions did
  };
  /// Of each person, in the order in which they are answered: that of asking.
  std::unordered_map<std::string, std::deque<look_up>> look_ups;
  std::uint64_t next_number = 0;

  void decide(waiting what);
  /// The control store's answer to the read of that token.
  void answered(const std::string& token, result<person> answer);
  void forget(const change& what);

  /// Cached, or nothing after starting a look-up that `what` waits for.
  std::optional<person> person_for(waiting& what);
  /// Asks the control store, about those addresses too; `what` waits for the answer.
  void look_up_person(waiting what, address_list extra, bool cacheable);
  void ask(look_up& what);
  void settle(look_up asked);
  void apply(const intake_ptr& what, const person& who);
  void apply(const work_ptr& what, const person& who);
  std::vector<delivery_work> deliveries_for(const intake& what, const person& who) const;
  verdict verdict_for(const notification& n, const delivery& d, const person& who, const resolved_type& type,
                      bool at_accept) const;
};

preference_actor::behavior_type preference(preference_actor::stateful_pointer<preference_state> self,
                                           context_ptr context, preference_config config);

} // namespace carillon
