#include "tests/sim/run.hpp"

#include "tests/sim/crowd.hpp"
#include "tests/sim/process.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

class world {
public:
  explicit world(const run_options& how) : around_(how.seed, how.print) {}

  run_report live() {
    engine_ = std::make_unique<process>(around_, disk_, book_);
    people_.gather();
    pass(around_.plan.busy);
    around_.calm = true;
    come_to_rest();
    book_.close();
    engine_.reset();
    return {0, around_.log.hash(), around_.log.lines(), book_.calls(), book_.violations()};
  }

private:
  class plain_clock final : public wall_clock {
  public:
    explicit plain_clock(const sim_clock& clock) : clock_(clock) {}
    sys_time now() const override { return clock_.wall(); }

  private:
    const sim_clock& clock_;
  };

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
        around_.clock.step(*due - around_.clock.wall() - 1s);
    }
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
  plain_clock disk_clock_{around_.clock};
  files disk_{disk_clock_};
  ledger book_{around_, {&disk_.critical, &disk_.bulk}};
  std::unique_ptr<process> engine_;
  crowd people_{around_, book_, engine_};
};

} // namespace

run_report live_through(const run_options& how) {
  auto report = world{how}.live();
  report.seed = how.seed;
  return report;
}

} // namespace carillon::sim
