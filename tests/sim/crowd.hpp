// The people and programs around the engine: they send, repeat what was not
// answered, change their minds, cancel, and operate it, as callers of the doors do.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "tests/sim/ledger.hpp"
#include "tests/sim/process.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

class crowd {
public:
  /// `engine` is the process of the moment; null while there is none.
  crowd(surroundings& around, ledger& book, const files& disk, const std::unique_ptr<process>& engine)
      : around_(around), book_(book), disk_(disk), engine_(engine) {}

  /// Plans everything they will do while it is busy.
  void gather();
  /// Takes back what they did to the engine as a whole: breakers and switches.
  void leave();
  /// One plain request by that channel, for somebody who was not there before.
  void probe(lane l, channel on, std::optional<sys_time> send_at = {});

private:
  /// A request as its sender remembers it, so that it can be repeated.
  struct letter {
    command what;
    space where;
    std::optional<idempotency_claim> claim;
    lane way = lane::bulk;
    int repeats = 0;
  };
  using letter_ptr = std::shared_ptr<letter>;

  // crowd.cpp: requests
  letter_ptr write_letter();
  void address(command& what);
  void send(letter_ptr what);
  void answered(const letter_ptr& what, const result<receipt>& answer);
  void explain();
  std::string somebody() const;

  // crowd_people.cpp: what people choose
  void change_profile();
  void change_preferences();
  void suppress();
  void forgive();
  void erase();
  void erase_everywhere(const std::string& user_id);

  // crowd_operators.cpp: what is done to requests and to the engine
  void cancel();
  void engage();
  void redrive(lane l);
  void resolve();
  void order_breaker();
  void tell_breaker(const std::string& provider, breaker_order what);
  void flip_switch();
  void set_switches(feature_settings now);

  /// At `count` instants of the busy time, while there is a process.
  void often(int count, void (crowd::*what)());
  /// A callback that is dead with the process it was given to.
  template <class T, class Then>
  done<T> while_alive(Then then) {
    return [this, life = around_.life, then = std::move(then)](result<T> got) {
      if (around_.life == life)
        then(std::move(got));
    };
  }

  surroundings& around_;
  ledger& book_;
  const files& disk_;
  const std::unique_ptr<process>& engine_;
  std::vector<letter_ptr> sent_;
  std::vector<uuid> accepted_;
  std::vector<suppression> suppressions_;
  int next_stranger_ = 0;
  int next_suppression_ = 0;
};

} // namespace carillon::sim
