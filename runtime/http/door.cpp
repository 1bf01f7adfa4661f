#include "runtime/http/door.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace carillon::http {
namespace {

fault door_full() {
  return {errc::overloaded,
          "Too many requests wait at this lane's door (door_queue); send it again with the same key.",
          {},
          std::chrono::seconds{1}};
}

fault too_late() {
  return {errc::store_unavailable,
          "The request was not durable within accept_deadline; send it again with the same key.",
          {},
          std::chrono::seconds{1}};
}

} // namespace

void door::enter(std::shared_ptr<visitor> who, instant now, instant deadline) {
  if (inside_.size() < inside_limit_ && queue_.empty())
    begin({std::move(who), deadline});
  else if (queue_.size() < queue_limit_)
    queue_.push_back({std::move(who), deadline});
  else if (refused_.size() < queue_limit_)
    refused_.push_back({std::move(who), std::min(now + refusal_pause, deadline)});
  else
    who->give_up(door_full());
}

void door::begin(guest next) {
  auto ticket = ++last_ticket_;
  auto who = next.who;
  inside_.emplace(ticket, std::move(next));
  who->begin(ticket); // may leave before it returns
}

bool door::leave(std::uint64_t ticket) {
  auto found = inside_.find(ticket);
  if (found == inside_.end())
    return false;
  bool wanted = found->second.who != nullptr;
  inside_.erase(found);
  while (inside_.size() < inside_limit_ && !queue_.empty()) {
    auto next = std::move(queue_.front());
    queue_.pop_front();
    begin(std::move(next));
  }
  return wanted;
}

void door::expire(instant now) {
  std::vector<std::shared_ptr<visitor>> late;
  for (auto& [ticket, g] : inside_)
    if (g.who && g.deadline <= now)
      late.push_back(std::exchange(g.who, nullptr));
  std::erase_if(queue_, [&](guest& g) {
    if (g.deadline > now)
      return false;
    late.push_back(std::move(g.who));
    return true;
  });
  std::vector<std::shared_ptr<visitor>> unwanted;
  std::erase_if(refused_, [&](guest& g) {
    if (g.deadline > now)
      return false;
    unwanted.push_back(std::move(g.who));
    return true;
  });
  for (auto& who : late) // last: what it does may come back to this door
    who->give_up(too_late());
  for (auto& who : unwanted)
    who->give_up(door_full());
}

} // namespace carillon::http
