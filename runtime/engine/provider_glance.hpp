// How a lane's providers stood a moment ago, for readers that only explain. However
// many ask, one look is under way at a time and its answer serves everybody for a
// while: looking must not become traffic for the providers themselves.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <vector>

#include "runtime/http/engine_port.hpp"

namespace carillon {

class provider_glance {
public:
  using instant = std::chrono::steady_clock::time_point;
  using taker = std::function<void(provider_views_ptr)>;
  /// Asks the providers; calls back exactly once, from any thread.
  using look = std::function<void(std::function<void(std::vector<provider_view>)>)>;

  /// An answer serves for `age` after it came.
  provider_glance(look ask, std::chrono::milliseconds age,
                  std::function<instant()> steady = std::chrono::steady_clock::now)
      : look_(std::move(ask)), age_(age), steady_(std::move(steady)) {}

  /// Any thread; `then` runs at once or on the thread where the look ends. Those who
  /// wait are as many as the doors let in.
  void ask(taker then);

private:
  void arrived(std::vector<provider_view> views);

  look look_;
  std::chrono::milliseconds age_;
  std::function<instant()> steady_;
  std::mutex mutex_;
  provider_views_ptr last_; ///< null: none yet
  instant came_{};
  bool looking_ = false;
  std::vector<taker> waiting_;
};

} // namespace carillon
