// Keeps a number of pieces of work on their way until the time is over, and counts
// what they cost. A piece that ends starts the next one on its own thread: there is
// no driver whose cost would be measured too.
#pragma once

#include <atomic>
#include <chrono>
#include <future>

#include "bench/common/cpu.hpp"
#include "bench/parts/parts.hpp"

namespace parts {

class closed_loop {
public:
  using clock = std::chrono::steady_clock;

  /// `start()` begins one piece of work, whose end calls `ended` with the same `start`.
  template <class Start>
  tally run(const assignment& what, Start start) {
    const auto cpu = bench::cpu_seconds();
    const auto begin = clock::now();
    end_ = begin + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>{what.seconds});
    on_their_way_ = what.at_once;
    for (std::size_t i = 0; i < what.at_once; ++i)
      start();
    empty_.get_future().wait();
    return {count_, std::chrono::duration<double>{clock::now() - begin}.count(), bench::cpu_seconds() - cpu};
  }
  /// A piece of work has ended: counts it and starts the next. Any thread.
  template <class Start>
  void ended(Start& start) {
    ++count_;
    if (clock::now() < end_)
      start();
    else if (--on_their_way_ == 0)
      empty_.set_value();
  }

private:
  clock::time_point end_;
  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<std::size_t> on_their_way_ = 0;
  std::promise<void> empty_;
};

} // namespace parts
