#include "actors/policy/restart_policy.hpp"

#include <algorithm>

namespace carillon {

std::chrono::milliseconds restart_policy::died(instant now) {
  if (last_ == instant{} || now - last_ > options_.calm)
    doublings_ = 0;
  last_ = now;
  auto wait = options_.first_backoff * (1U << std::min(doublings_, 20U));
  ++doublings_;
  return std::min<std::chrono::milliseconds>(wait, options_.max_backoff);
}

void restart_intensity::restarted(instant now) {
  restarts_.push_back(now);
}

restart_intensity::level restart_intensity::now(instant at) {
  while (!restarts_.empty() && at - restarts_.front() > options_.period)
    restarts_.pop_front();
  if (restarts_.size() >= options_.give_up_after)
    return level::hopeless;
  return restarts_.size() >= options_.unhealthy_after ? level::unhealthy : level::calm;
}

} // namespace carillon
