#include "tests/sim/run.hpp"

#include "tests/sim/crowd.hpp"
#include "tests/sim/misfortune.hpp"
#include "tests/sim/planted_store.hpp"
#include "tests/sim/probes.hpp"
#include "tests/sim/process.hpp"
#include "tests/sim/wiretap.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

class world {
public:
  explicit world(const run_options& how) : around_(how.seed, how.print, how.defect) {}

  run_report live() {
    restart();
    people_.gather();
    plan_misfortunes(around_, engine_);
    pass(around_.plan.busy);
    around_.calm = true;
    people_.leave();
    come_to_rest();
    book_.close();
    if (book_.violations().empty()) {
      probe(around_, book_, people_, *engine_, [this](duration d) { pass(d); });
      come_to_rest();
      book_.close();
    }
    engine_.reset();
    return {0, around_.log.hash(), around_.log.lines(), book_.calls(), book_.violations()};
  }

private:
  /// Lets that much time pass, with all that happens in it.
  void pass(duration d) {
    auto end = around_.clock.steady() + d;
    for (;;) {
      settle();
      if (!around_.todo.do_next() && !move_towards(end))
        return;
    }
  }

  /// Until nothing is left to do. What is due much later is reached by a step of
  /// the wall clock, as by a machine that was asleep.
  void come_to_rest() {
    pass(5s);
    for (int round = 0; round < 200 && book_.unfinished() > 0; ++round) {
      pass(3s);
      auto due = book_.next_due();
      if (due && *due > around_.clock.wall() + 20s)
        suspend_until(*due - 1s);
    }
  }

  void suspend_until(sys_time when) {
    around_.log.note("suspended", (when - around_.clock.wall()).count());
    around_.step_clock(when - around_.clock.wall());
  }

  /// Until every mailbox is empty; somebody's turn at a time, nobody knows whose.
  void settle() {
    while (engine_ && !around_.crash_wanted && engine_->ready() > 0)
      engine_->run(around_.chance.below(engine_->ready()));
    if (std::exchange(around_.crash_wanted, false))
      restart();
  }

  void restart() {
    engine_.reset();
    book_.check_kept();
    if (around_.planted(plant::double_send))
      for (auto l : all_lanes)
        take_starts_back(disk_.of(l), around_.clock.wall());
    around_.process_began = around_.clock.steady();
    engine_ = std::make_unique<process>(around_, disk_, book_);
  }

  /// To the next thing that happens; false at the end.
  bool move_towards(instant end) {
    auto next = end;
    for (auto& candidate : {around_.todo.next(), engine_ ? engine_->next_timer() : std::nullopt})
      if (candidate)
        next = std::min(next, std::max(*candidate, around_.clock.steady()));
    auto ended = next == end && around_.clock.steady() == end;
    around_.clock.move_to(next);
    if (engine_)
      engine_->move_to(next);
    return !ended;
  }

  surroundings around_;
  wiretap tap_{around_};
  files disk_{around_.clock};
  ledger book_{around_, disk_};
  std::unique_ptr<process> engine_;
  crowd people_{around_, book_, disk_, engine_};
};

} // namespace

run_report live_through(const run_options& how) {
  auto report = world{how}.live();
  report.seed = how.seed;
  return report;
}

} // namespace carillon::sim
