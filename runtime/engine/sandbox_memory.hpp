// The newest messages the sandbox took, per space, in memory. Any thread.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "messages/ports.hpp"

namespace carillon {

class sandbox_memory final : public sandbox_log {
public:
  static constexpr std::size_t kept = 1'000; ///< a space

  void add(sandbox_message what) override {
    std::scoped_lock guard{mutex_};
    auto& messages = messages_[what.space];
    messages.push_front(std::move(what));
    if (messages.size() > kept)
      messages.pop_back();
  }

  /// Newest first.
  std::vector<sandbox_message> newest(const space& where, std::size_t limit) const {
    std::scoped_lock guard{mutex_};
    auto found = messages_.find(where);
    if (found == messages_.end())
      return {};
    auto& all = found->second;
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()))};
  }

  /// An erased person's messages go too.
  void forget(const space& where, const std::string& user_id) {
    std::scoped_lock guard{mutex_};
    std::erase_if(messages_[where], [&](const sandbox_message& m) { return m.user_id == user_id; });
  }

private:
  mutable std::mutex mutex_;
  std::map<space, std::deque<sandbox_message>> messages_;
};

} // namespace carillon
