// A preference actor with a person in the control store, and what its peers got.
#pragma once

#include "actors/preference.hpp"
#include "tests/helpers/lane_fixture.hpp"

namespace carillon::test {

struct preference_test : lane_fixture {
  door caller;
  preference_actor subject = start(preference, preference_config{});

  /// A request that ingest has described, not decided yet.
  intake_ptr request(std::string user_id = "u_1") {
    auto what = caller.request(user_id);
    auto n = sample_notification();
    n->user_id = std::move(user_id);
    what->n = std::move(n);
    return what;
  }
  static std::shared_ptr<user> stored_user() {
    auto who = std::make_shared<user>();
    who->id = "u_1";
    who->contacts.email = "someone@example.org";
    return who;
  }
  static person found(user_ptr who) { return {std::move(who), {}, false}; }

  void decide(const intake_ptr& what, person who) {
    send(subject, decide_atom_v, what);
    control.people.answer(std::move(who));
    run();
  }
  intake_ptr decided() { return throttle_peer.take<intake_ptr>(decide_atom_v); }
  order_ptr recorded() { return status_sink_peer.take<order_ptr>(record_atom_v); }
};

inline change change_of(std::string user_id) {
  return {{}, std::move(user_id), std::nullopt};
}

} // namespace carillon::test
