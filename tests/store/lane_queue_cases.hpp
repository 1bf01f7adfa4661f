// Contract of lane_store: what is ready, what is due, what is on the wire.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "samples.hpp"

namespace carillon::test::queue_cases {

inline acceptance due_at(sample_maker& make, sys_time when, delivery_status status = delivery_status::queued) {
  auto what = make.make();
  what.deliveries[0].due = when;
  what.deliveries[0].status = status;
  return what;
}

inline void pulls_in_order(store_fixture& f) {
  sample_maker make{f, lane::critical};
  std::vector<row_key> high;
  for (int i = 0; i < 3; ++i)
    high.push_back(kept(f.critical(), make.make()).deliveries[0].key);
  auto urgent = make.make();
  urgent.deliveries[0].priority = priority::critical;
  kept(f.critical(), urgent);
  auto got = pulled_from(f.critical(), f.clock().now());
  CHECK(keys_of(got.rows) == std::vector<row_key>{urgent.deliveries[0].key, high[0], high[1], high[2]});
  CHECK_FALSE(got.more);
  CHECK(got.rows[0].n->content.title == "Your order");
}

inline void pull_says_more(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  std::vector<row_key> keys;
  for (int i = 0; i < 3; ++i)
    keys.push_back(kept(f.bulk(), make.make()).deliveries[0].key);
  auto first = pulled_from(f.bulk(), f.clock().now(), 2);
  CHECK(keys_of(first.rows) == std::vector<row_key>{keys[0], keys[1]});
  CHECK(first.more);
  auto rest = pulled_from(f.bulk(), f.clock().now(), 2, keys_of(first.rows));
  CHECK(keys_of(rest.rows) == std::vector<row_key>{keys[2]});
  CHECK_FALSE(rest.more);
}

inline void pull_keeps_queues_apart(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto other = make.make();
  other.deliveries[0].queue = "mail_b";
  kept(f.bulk(), other);
  CHECK(pulled_from(f.bulk(), f.clock().now()).rows.empty());
  auto elsewhere = must<pull_result>([&](auto then) {
    f.bulk().pull({"mail_b", {"default", mode::test}, f.clock().now(), 10, {}}, then);
  });
  CHECK(elsewhere.rows.empty());
}

inline void due_rows_wait(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto now = f.clock().now();
  auto retry = kept(f.bulk(), due_at(make, now + 10s));
  auto timed = kept(f.bulk(), due_at(make, now + 20s, delivery_status::scheduled));
  CHECK(pulled_from(f.bulk(), now + 9s).rows.empty());
  CHECK(keys_of(pulled_from(f.bulk(), now + 10s).rows) == std::vector<row_key>{retry.deliveries[0].key});
  CHECK(keys_of(pulled_from(f.bulk(), now + 20s).rows)
        == std::vector<row_key>{retry.deliveries[0].key, timed.deliveries[0].key});
}

inline void due_and_ready_take_turns(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto start = f.clock().now();
  auto late = kept(f.bulk(), due_at(make, start + 25s)); // accepted first, due third
  auto early = kept(f.bulk(), due_at(make, start + 5s, delivery_status::scheduled));
  f.clock().advance(10s);
  auto ready_1 = kept(f.bulk(), make.make());
  f.clock().advance(20s);
  auto ready_2 = kept(f.bulk(), make.make());
  CHECK(keys_of(pulled_from(f.bulk(), f.clock().now()).rows)
        == std::vector<row_key>{early.deliveries[0].key, ready_1.deliveries[0].key, late.deliveries[0].key,
                                ready_2.deliveries[0].key});
}

inline void finds_what_is_on_the_wire(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto straight = make.make(); // the start comes with the accept
  straight.deliveries[0].attempts.push_back(attempt_at(f.clock().now()));
  move_to(straight.deliveries[0], delivery_status::sending, f.clock().now());
  kept(f.bulk(), straight);
  auto fallback = kept(f.bulk(), make.make()); // its queue stays mail_a
  started(f.bulk(), fallback.deliveries[0].key, attempt_at(f.clock().now(), 1, "mail_b"));
  auto waiting = kept(f.bulk(), make.make());
  f.reopen();
  auto at = [&](std::string who, row_key after = 0) {
    return keys_of(must<std::vector<pulled>>([&](auto then) { f.bulk().in_flight(std::move(who), after, 10, then); }));
  };
  CHECK(at(provider) == std::vector<row_key>{straight.deliveries[0].key});
  CHECK(at("mail_b") == std::vector<row_key>{fallback.deliveries[0].key});
  CHECK(at("mail_b", fallback.deliveries[0].key).empty());
  CHECK(first_of(f.bulk(), fallback).queue == provider);
  CHECK(keys_of(pulled_from(f.bulk(), f.clock().now()).rows) == std::vector<row_key>{waiting.deliveries[0].key});
}

inline void lists_queues(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto now = f.clock().now();
  kept(f.bulk(), make.make());
  auto timed = due_at(make, now + 30s);
  timed.deliveries[0].queue = "mail_b";
  kept(f.bulk(), timed);
  finished(f.bulk(), kept(f.bulk(), make.make()), delivery_status::sent, now);
  f.reopen();
  auto all = must<std::vector<queue_state>>([&](auto then) { f.bulk().queues(then); });
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.queue < b.queue; });
  REQUIRE(all.size() == 2);
  CHECK(all[0].queue == provider);
  CHECK(all[0].space == live);
  CHECK(all[0].ready);
  CHECK_FALSE(all[0].next_due);
  CHECK(all[1].queue == "mail_b");
  CHECK_FALSE(all[1].ready);
  CHECK(all[1].next_due == now + 30s);
}

inline void lists_due_times(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto now = f.clock().now();
  for (auto seconds : {30s, 10s, 20s})
    kept(f.bulk(), due_at(make, now + seconds));
  kept(f.bulk(), make.make());
  auto between = [&](duration from, duration until, std::size_t limit) {
    auto entries =
      must<std::vector<due_entry>>([&](auto then) { f.bulk().due_between(now + from, now + until, limit, then); });
    std::vector<duration> offsets;
    for (auto& e : entries)
      offsets.push_back(e.due - now);
    return offsets;
  };
  CHECK(between(0s, 60s, 10) == std::vector<duration>{10s, 20s, 30s});
  CHECK(between(10s, 30s, 10) == std::vector<duration>{20s, 30s});
  CHECK(between(0s, 60s, 1) == std::vector<duration>{10s});
}

inline acceptance held(store_fixture& f, sample_maker& make, std::optional<sys_time> expires_at) {
  auto what = make.make();
  what.deliveries[0].expires_at = expires_at;
  kept(f.bulk(), what);
  finished(f.bulk(), what, delivery_status::held, f.clock().now());
  return what;
}

inline void finds_expired_held(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto now = f.clock().now();
  auto soon = held(f, make, now + 10s);
  held(f, make, std::nullopt);
  auto expired = [&](sys_time at) {
    return keys_of(must<std::vector<pulled>>([&](auto then) { f.bulk().expired_held(at, 10, then); }));
  };
  CHECK(expired(now).empty());
  CHECK(expired(now + 10s) == std::vector<row_key>{soon.deliveries[0].key});
}

inline void reads_recent_attempts(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto old = kept(f.bulk(), make.make());
  finished(f.bulk(), old, delivery_status::sent, f.clock().now());
  f.clock().advance(10min);
  auto recent = kept(f.bulk(), make.make("u_2"));
  finished(f.bulk(), recent, delivery_status::sent, f.clock().now());
  kept(f.bulk(), make.make("u_3"));
  auto all = must<limit_history>([&](auto then) {
               f.bulk().recent_attempts(f.clock().now() - 1min, f.clock().now(), then);
             }).rows;
  REQUIRE(all.size() == 1);
  CHECK(all[0].key == recent.deliveries[0].key);
  CHECK(all[0].user_id == "u_2");
}

inline void reads_reserved_places(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto later = f.clock().now() + 1h;
  auto scheduled = [&](bool paid) {
    auto what = make.make();
    auto& d = what.deliveries[0];
    d.history.clear();
    d.status = delivery_status::scheduled;
    d.history.push_back({d.status, f.clock().now(), {}, {}});
    d.due = later;
    if (paid)
      d.place = later;
    return kept(f.bulk(), what);
  };
  scheduled(false); // waits for another reason
  auto waits = scheduled(true);
  auto all = must<limit_history>([&](auto then) {
               f.bulk().recent_attempts(f.clock().now() - 1min, f.clock().now(), then);
             }).rows;
  REQUIRE(all.size() == 1);
  CHECK(all[0].key == waits.deliveries[0].key);
  CHECK(all[0].due == later);
}

inline void counts_backlog(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto first = f.clock().now();
  kept(f.bulk(), make.make());
  f.clock().advance(1min);
  kept(f.bulk(), make.make());
  finished(f.bulk(), kept(f.bulk(), make.make()), delivery_status::dead_lettered, f.clock().now());
  finished(f.bulk(), kept(f.bulk(), make.make()), delivery_status::sent, f.clock().now());
  auto view = must<backlog_view>([&](auto then) { f.bulk().backlog(then); });
  using counts = std::vector<std::pair<delivery_status, std::size_t>>;
  CHECK(view.by_status == counts{{delivery_status::queued, 2}, {delivery_status::dead_lettered, 1}});
  CHECK(view.oldest_pending == first);
}

inline const std::vector<suite_case> all{
  {"ready work comes by priority, then in acceptance order", pulls_in_order},
  {"a pull leaves out what is in hand and says whether there is more", pull_says_more},
  {"queues and spaces are apart", pull_keeps_queues_apart},
  {"rows with a due time wait for it", due_rows_wait},
  {"due and ready rows take turns by time", due_and_ready_take_turns},
  {"calls on the wire are found by the provider that has them, after a restart too", finds_what_is_on_the_wire},
  {"queues with unfinished work are listed", lists_queues},
  {"due times are listed in order", lists_due_times},
  {"held deliveries are found once they expire", finds_expired_held},
  {"recent attempts are read for the limits", reads_recent_attempts},
  {"places that limits reserved are read with them", reads_reserved_places},
  {"the backlog is counted by status", counts_backlog},
};

} // namespace carillon::test::queue_cases
