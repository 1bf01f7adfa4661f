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
  static constexpr std::size_t kept = 1'000;                   ///< a space
  static constexpr std::size_t kept_bytes = 8UL * 1024 * 1024; ///< of their texts; the newest is always kept

  void add(sandbox_message what) override {
    std::scoped_lock guard{mutex_};
    auto& box = messages_[what.space];
    box.bytes += size_of(what);
    box.messages.push_front(std::move(what));
    while (box.messages.size() > kept || (box.bytes > kept_bytes && box.messages.size() > 1)) {
      box.bytes -= size_of(box.messages.back());
      box.messages.pop_back();
    }
  }

  /// Newest first.
  std::vector<sandbox_message> newest(const space& where, std::size_t limit) const {
    std::scoped_lock guard{mutex_};
    auto found = messages_.find(where);
    if (found == messages_.end())
      return {};
    auto& all = found->second.messages;
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()))};
  }

  /// An erased person's messages go too.
  void forget(const space& where, const std::string& user_id) {
    std::scoped_lock guard{mutex_};
    auto found = messages_.find(where);
    if (found == messages_.end())
      return;
    auto& box = found->second;
    std::erase_if(box.messages, [&](const sandbox_message& m) { return m.user_id == user_id; });
    box.bytes = 0;
    for (auto& m : box.messages)
      box.bytes += size_of(m);
  }

private:
  struct mailbox {
    std::deque<sandbox_message> messages; ///< newest first
    std::size_t bytes = 0;
  };
  static std::size_t size_of(const sandbox_message& m) {
    return m.to.size() + m.what.title.size() + m.what.body.size() + m.what.html.size() + m.what.data.size();
  }

  mutable std::mutex mutex_;
  std::map<space, mailbox> messages_;
};

} // namespace carillon
