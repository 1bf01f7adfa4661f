// The terms of one limit: `rate` events per `per`, `burst` of them at once; and what
// one event takes of it.
#pragma once

#include "messages/vocabulary.hpp"

namespace carillon {

struct limit_options {
  double rate = 0; ///< 0: no limit
  duration per = std::chrono::minutes{1};
  double burst = 0; ///< 0: same as rate
  over_limit over = over_limit::delay;
  bool operator==(const limit_options&) const = default;
};

/// A stretch of a limit's time; empty: none.
struct time_taken {
  sys_time from{}, until{};
  bool operator==(const time_taken&) const = default;
};

} // namespace carillon
