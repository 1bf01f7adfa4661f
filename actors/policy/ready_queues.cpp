#include "actors/policy/ready_queues.hpp"

#include <algorithm>

namespace carillon {

void ready_queues::grant(const std::string& provider, std::uint64_t epoch, std::size_t n) {
  auto& p = providers_[provider];
  if (epoch < p.epoch)
    return;
  if (epoch > p.epoch)
    p = {epoch, 0, true, false, p.soon_again};
  p.credits += n;
  if (n > 0)
    p.blocked = false;
}

void ready_queues::pause(const std::string& provider, std::uint64_t epoch) {
  auto& p = providers_[provider];
  if (epoch > p.epoch)
    p = {epoch, 0, false, false, p.soon_again};
}

ready_queues::provider_state* ready_queues::server_of(const std::vector<std::string>& route) {
  for (auto& name : route)
    if (auto& p = providers_[name]; !p.blocked)
      return &p;
  return nullptr;
}

std::optional<ready_queues::credit> ready_queues::take(const std::vector<std::string>& route) {
  for (auto& name : route) {
    auto& p = providers_[name];
    if (p.blocked)
      continue;
    if (p.credits == 0)
      return std::nullopt;
    --p.credits;
    p.taken = true;
    return credit{name, p.epoch};
  }
  return std::nullopt;
}

bool ready_queues::is_current(const std::string& provider, std::uint64_t epoch) const {
  auto found = providers_.find(provider);
  return found != providers_.end() && found->second.epoch == epoch;
}

bool ready_queues::straight(const queue_key& queue) const {
  auto found = queues_.find(queue);
  if (found == queues_.end())
    return true;
  auto& q = found->second;
  return !q.ready && !q.reading && q.parking == 0 && q.in_hand.empty();
}

ready_queues::way ready_queues::way_of(const queue_key& queue, const std::vector<std::string>& route,
                                       instant now) const {
  auto server = std::find_if(route.begin(), route.end(), [&](auto& name) {
    auto found = providers_.find(name);
    return found == providers_.end() || !found->second.blocked;
  });
  if (server == route.end() || !providers_.contains(*server))
    return way::store;
  auto& p = providers_.at(*server);
  auto open = straight(queue);
  if (open && p.credits > 0)
    return way::straight;
  if (open) {
    auto rows = rows_for_.find(*server);
    auto others = rows != rows_for_.end() && rows->second > 0;
    return p.taken && !others && now >= p.soon_again ? way::soon : way::store;
  }
  auto& q = queues_.at(queue);
  return p.credits > 0 && !q.long_wait && now >= q.soon_again ? way::soon : way::store;
}

void ready_queues::gave_up(const queue_key& queue, instant until) {
  if (!straight(queue))
    queues_[queue].soon_again = until;
  else if (auto* server = server_of(route_(queue.first)))
    server->soon_again = until;
}

ready_queues::counted::~counted() {
  auto after = all.straight(queue);
  if (before == after)
    return;
  for (auto& name : all.route_(queue.first))
    after ? --all.rows_for_[name] : ++all.rows_for_[name];
}

void ready_queues::parking(const queue_key& queue) {
  counted guard{*this, queue};
  ++queues_[queue].parking;
}

void ready_queues::parked(const queue_key& queue) {
  ready(queue);
  if (auto& q = queues_[queue]; q.parking > 0)
    --q.parking;
}

void ready_queues::ready(const queue_key& queue) {
  counted guard{*this, queue};
  auto& q = queues_[queue];
  if (q.reading)
    q.ready_again = true;
  if (!q.ready && !q.reading)
    turns_.push_back(queue);
  q.ready = true;
}

std::optional<ready_queues::pull> ready_queues::pull_from(const queue_key& queue, queue_state& state) {
  auto route = route_(queue.first);
  std::size_t limit = largest_pull;
  if (!route.empty()) {
    auto* server = server_of(route);
    if (server == nullptr || server->credits == 0)
      return std::nullopt;
    limit = std::min(server->credits, largest_pull);
  }
  return pull{queue, limit, {state.in_hand.begin(), state.in_hand.end()}};
}

std::optional<ready_queues::pull> ready_queues::next_pull() {
  for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
    auto& state = queues_[*turn];
    auto found = pull_from(*turn, state);
    if (!found)
      continue;
    state.reading = true;
    state.ready_again = false;
    turns_.erase(turn);
    return found;
  }
  return std::nullopt;
}

void ready_queues::pulled(const queue_key& queue, bool more) {
  counted guard{*this, queue};
  auto& q = queues_[queue];
  q.reading = false;
  q.long_wait = more;
  q.ready = more || q.ready_again;
  if (q.ready)
    turns_.push_back(queue);
}

void ready_queues::take_in_hand(const queue_key& queue, row_key key) {
  counted guard{*this, queue};
  queues_[queue].in_hand.insert(key);
}

bool ready_queues::holds(const queue_key& queue) const {
  auto found = queues_.find(queue);
  return found != queues_.end() && !found->second.in_hand.empty();
}

bool ready_queues::let_go(const queue_key& queue, row_key key) {
  counted guard{*this, queue};
  auto found = queues_.find(queue);
  return found != queues_.end() && found->second.in_hand.erase(key) > 0;
}

} // namespace carillon
