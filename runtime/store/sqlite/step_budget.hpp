// How much one step of background work may do. A step stands between two
// commits, so it must be short whatever there is to do: its pages are bounded,
// because the next commit syncs them too, and its time, because a page may have
// to come from the disk first.
#pragma once

#include <chrono>
#include <functional>

#include "messages/vocabulary.hpp"

namespace carillon {

using steady_time = std::chrono::steady_clock::time_point;

struct step_limits {
  /// Pages a step may change: 1 MiB. Its last row may go past that by its own pages.
  int pages = 256;
  duration time = std::chrono::milliseconds{2};
  std::function<steady_time()> clock = std::chrono::steady_clock::now; ///< tests hold it
};

/// What is left of one step. On one thread.
class step_budget {
public:
  explicit step_budget(const step_limits& limits)
      : clock_(&limits.clock), until_(limits.clock() + limits.time), pages_(limits.pages) {}
  /// So many pages, however long that takes.
  explicit step_budget(int pages) : pages_(pages) {}

  /// Another row may be touched; the first one always, so that every step gets on.
  bool left() const { return pages_ > 0 && (!spent_ || clock_ == nullptr || (*clock_)() < until_); }
  /// A row was, which changed about so many pages.
  void spend(int pages) {
    pages_ -= pages;
    spent_ = true;
  }

private:
  const std::function<steady_time()>* clock_ = nullptr;
  steady_time until_{};
  int pages_;
  bool spent_ = false;
};

} // namespace carillon
