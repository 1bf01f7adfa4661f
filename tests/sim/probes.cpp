#include "tests/sim/probes.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

struct outside {
  channel on;
  const char* provider;
};
constexpr std::array outsiders{outside{channel::email, "mail_a"}, outside{channel::webhook, "hook"}};

class asker {
public:
  asker(surroundings& around, ledger& book, crowd& people, process& engine, const std::function<void(duration)>& pass)
      : around_(around), book_(book), people_(people), engine_(engine), pass_(pass) {}

  /// Breakers forget what was, and close after a few calls that go well.
  void let_breakers_close() {
    pass_(16s);
    for (int round = 0; round < 5; ++round) {
      for (auto l : all_lanes)
        for (auto& one : outsiders)
          people_.probe(l, one.on);
      pass_(1s);
    }
  }

  void are_all_slots_free() {
    for (int round = 0; round < 100 && book_.unfinished() > 0; ++round)
      pass_(1s);
    for (auto l : all_lanes)
      engine_.look(l, [this, l](const provider_view& seen) {
        if (seen.in_flight > 0)
          book_.broken("slots come back", seen.name + " in lane " + std::string{to_string(l)} + " holds "
                                            + std::to_string(seen.in_flight) + " at rest");
      });
    pass_(10ms);
  }

  /// More requests than slots, and a vendor that keeps them all waiting.
  void can_all_slots_be_used() {
    if (around_.plan.config.limits.global)
      return;
    around_.vendor_takes = 300ms;
    for (auto l : all_lanes)
      for (auto& one : outsiders)
        for (auto count = book_.slots_of(l, one.provider) + 2; count > 0; --count)
          people_.probe(l, one.on);
    pass_(150ms);
    for (auto l : all_lanes)
      for (auto& one : outsiders) {
        auto used = book_.open_calls(l, one.provider) - book_.given_up_on(l, one.provider);
        if (around_.plan.config.providers.at(one.provider).rate == 0 && used != book_.slots_of(l, one.provider))
          book_.broken("slots come back", std::string{one.provider} + " in lane " + std::string{to_string(l)} + " uses "
                                            + std::to_string(used) + " of "
                                            + std::to_string(book_.slots_of(l, one.provider)) + " slots");
      }
    pass_(5s);
    around_.vendor_takes = {};
  }

  void does_due_work_start() {
    book_.forget_lateness();
    around_.first_attempts_fail = true;
    for (auto l : all_lanes)
      for (auto& one : outsiders) {
        people_.probe(l, one.on);
        people_.probe(l, one.on, around_.clock.wall() + 2s);
      }
    pass_(5s);
    around_.first_attempts_fail = false;
    pass_(25s);
    if (book_.latest_start() > 1500ms)
      book_.broken("due work starts", "one started " + std::to_string(book_.latest_start() / 1ms) + " ms late");
  }

private:
  surroundings& around_;
  ledger& book_;
  crowd& people_;
  process& engine_;
  const std::function<void(duration)>& pass_;
};

} // namespace

void probe(surroundings& around, ledger& book, crowd& people, process& engine,
           const std::function<void(duration)>& pass) {
  asker ask{around, book, people, engine, pass};
  ask.let_breakers_close();
  ask.are_all_slots_free();
  ask.can_all_slots_be_used();
  ask.does_due_work_start();
  ask.are_all_slots_free();
}

} // namespace carillon::sim
