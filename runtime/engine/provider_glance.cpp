#include "runtime/engine/provider_glance.hpp"

#include <utility>

namespace carillon {

void provider_glance::ask(taker then) {
  provider_views_ptr known;
  {
    std::scoped_lock guard{mutex_};
    if (last_ && steady_() - came_ < age_) {
      known = last_;
    } else {
      waiting_.push_back(then);
      if (std::exchange(looking_, true))
        return;
    }
  }
  if (known)
    return then(std::move(known));
  look_([this](std::vector<provider_view> views) { arrived(std::move(views)); });
}

void provider_glance::arrived(std::vector<provider_view> views) {
  auto news = std::make_shared<const std::vector<provider_view>>(std::move(views));
  std::vector<taker> all;
  {
    std::scoped_lock guard{mutex_};
    last_ = news;
    came_ = steady_();
    looking_ = false;
    all.swap(waiting_);
  }
  for (auto& then : all)
    then(news);
}

} // namespace carillon
