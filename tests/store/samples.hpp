// Requests and deliveries to fill a store with.
#pragma once

#include <algorithm>
#include <string>

#include "messages/transitions.hpp"
#include "store_fixture.hpp"

namespace carillon::test {

inline const space live{"default", mode::live};
inline const std::string provider = "mail_a";

/// Makes notifications of one lane with ascending ids.
class sample_maker {
public:
  sample_maker(store_fixture& f, lane l) : sample_maker(f.clock(), l, f.of(l).newest_key()) {}
  sample_maker(manual_clock& clock, lane l, row_key after) : clock_(clock), lane_(l), ids_(l, after, 7) {}

  /// One notification with `count` queued email deliveries, ready at once.
  acceptance make(std::string user_id = "u_1", std::uint32_t count = 1) {
    auto n = std::make_shared<notification>();
    n->key = ids_.reserve(clock_.now(), count + 1);
    n->id = ids_.make(n->key);
    n->space = live;
    n->lane = lane_;
    n->priority = lane_ == lane::critical ? priority::high : priority::medium;
    n->user_id = std::move(user_id);
    n->type = "order_shipped";
    n->category = "transactional";
    n->created_at = clock_.now();
    n->content.title = "Your order";
    n->content.body = "It is on its way.";
    acceptance what{n, {}, {}};
    for (std::uint32_t i = 1; i <= count; ++i)
      what.deliveries.push_back(delivery_of(*n, n->key + i));
    return what;
  }

private:
  delivery delivery_of(const notification& n, row_key key) {
    delivery d;
    d.key = key;
    d.id = ids_.make(key);
    d.notification_key = n.key;
    d.space = n.space;
    d.user_id = n.user_id;
    d.type = n.type;
    d.priority = n.priority;
    d.address = "someone@example.org";
    d.queue = provider;
    d.decision = {"default", "Nothing speaks against it."};
    move_to(d, delivery_status::queued, clock_.now());
    return d;
  }

  manual_clock& clock_;
  lane lane_;
  id_generator ids_;
};

inline idempotency_claim claim(std::string key, std::uint8_t body = 1) {
  idempotency_claim c;
  c.key = std::move(key);
  c.digest.fill(body);
  return c;
}

inline result<receipt> try_accept(lane_store& in, acceptance what) {
  return await<receipt>([&](auto then) { in.accept(std::move(what), then); });
}

inline acceptance kept(lane_store& in, acceptance what) {
  must<receipt>([&](auto then) { in.accept(what, then); });
  return what;
}

inline notification_view found(lane_store& in, const notification& n) {
  return must<notification_view>([&](auto then) { in.find(n.space, n.id, then); });
}

inline delivery first_of(lane_store& in, const acceptance& what) {
  return found(in, *what.n).deliveries.at(0);
}

inline attempt attempt_at(sys_time at, int number = 1, std::string at_provider = provider) {
  attempt a;
  a.number = number;
  a.provider = std::move(at_provider);
  a.started_at = at;
  return a;
}

/// Records the start of a row read as due then; answers whether it was.
inline bool started(lane_store& in, row_key key, attempt what, std::optional<sys_time> due = {}) {
  return must<std::vector<row_key>>([&](auto then) {
           in.start({{key, std::move(what), due}}, then);
         })
         == std::vector<row_key>{key};
}

inline update_result updated(lane_store& in, delivery_update what) {
  return must<update_result>([&](auto then) { in.update(std::move(what), then); });
}

/// A start and its end in `status`, as the engine does them.
inline delivery finished(lane_store& in, const acceptance& what, delivery_status status, sys_time at,
                         std::size_t index = 0) {
  auto d = what.deliveries.at(index);
  started(in, d.key, attempt_at(at));
  d = found(in, *what.n).deliveries.at(index);
  d.attempts.back().finished_at = at;
  d.attempts.back().outcome = status == delivery_status::sent ? outcome::accepted : outcome::retry;
  d.attempts.back().code = "451";
  d.attempts.back().detail = "The mailbox of someone@example.org is busy.";
  move_to(d, status, at, {"outcome", "What the provider said."});
  updated(in, {d, delivery_status::sending, 1});
  return d;
}

inline std::vector<row_key> keys_of(const std::vector<pulled>& rows) {
  std::vector<row_key> keys;
  for (auto& row : rows)
    keys.push_back(row.d.key);
  return keys;
}

inline pull_result pulled_from(lane_store& in, sys_time now, std::size_t limit = 10, std::vector<row_key> except = {}) {
  return must<pull_result>([&](auto then) { in.pull({provider, live, now, limit, std::move(except)}, then); });
}

} // namespace carillon::test
