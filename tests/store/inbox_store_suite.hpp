// The contract of inbox_store as one list of cases.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "samples.hpp"

namespace carillon::test::inbox_cases {

inline inbox_item item_of(store_fixture& f, id_generator& ids, std::string user = "u_1") {
  inbox_item item;
  item.delivery_id = ids.make(ids.reserve(f.clock().now(), 1));
  item.notification_id = ids.make(ids.reserve(f.clock().now(), 1));
  item.space = live;
  item.user_id = std::move(user);
  item.type = "order_shipped";
  item.title = "Your order";
  item.body = "It is on its way.";
  item.data = R"({"a":1})";
  item.created_at = f.clock().now();
  return item;
}

inline inbox_item added(store_fixture& f, inbox_item item) {
  must<ok_t>([&](auto then) { f.inbox().add(item, then); });
  return item;
}

inline std::vector<inbox_item> listed(store_fixture& f, std::string state = "", std::optional<uuid> before = {},
                                      std::size_t limit = 10) {
  return must<std::vector<inbox_item>>(
    [&](auto then) { f.inbox().list(live, "u_1", std::move(state), before, limit, then); });
}

inline inbox_counts counted(store_fixture& f) {
  return must<inbox_counts>([&](auto then) { f.inbox().counts(live, "u_1", then); });
}

inline result<inbox_item> marked(store_fixture& f, const uuid& id, std::string state) {
  return await<inbox_item>([&](auto then) { f.inbox().mark(live, "u_1", id, std::move(state), then); });
}

inline void keeps_items(store_fixture& f) {
  id_generator ids{lane::bulk, 0, 1};
  auto first = added(f, item_of(f, ids));
  auto second = added(f, item_of(f, ids));
  added(f, item_of(f, ids, "u_2"));
  f.reopen();
  auto all = listed(f);
  REQUIRE(all.size() == 2);
  CHECK(all[0].delivery_id == second.delivery_id);
  CHECK(all[1].delivery_id == first.delivery_id);
  CHECK(all[1].notification_id == first.notification_id);
  CHECK(all[1].title == first.title);
  CHECK(all[1].body == first.body);
  CHECK(all[1].data == first.data);
  CHECK(all[1].state == "unseen");
  CHECK(all[1].created_at == first.created_at);
}

inline void adds_once(store_fixture& f) {
  id_generator ids{lane::bulk, 0, 1};
  auto item = added(f, item_of(f, ids));
  marked(f, item.delivery_id, "read");
  added(f, item);
  REQUIRE(listed(f).size() == 1);
  CHECK(listed(f)[0].state == "read");
}

inline void takes_both_lanes(store_fixture& f) {
  id_generator bulk{lane::bulk, 0, 1};
  id_generator critical{lane::critical, 0, 2};
  auto a = added(f, item_of(f, bulk));
  auto b = added(f, item_of(f, critical)); // the same key in the other lane
  REQUIRE(key_of(a.delivery_id) == key_of(b.delivery_id));
  CHECK(listed(f).size() == 2);
  for (auto* state : {"", "unseen"}) {
    auto first = listed(f, state, {}, 1);
    REQUIRE(first.size() == 1);
    auto second = listed(f, state, first[0].delivery_id, 1);
    REQUIRE(second.size() == 1);
    CHECK(second[0].delivery_id != first[0].delivery_id);
    CHECK(listed(f, state, second[0].delivery_id, 1).empty());
  }
  CHECK(marked(f, b.delivery_id, "seen")->delivery_id == b.delivery_id);
  CHECK(counted(f).unseen == 1);
}

inline void pages(store_fixture& f) {
  id_generator ids{lane::bulk, 0, 1};
  std::vector<inbox_item> items;
  for (int i = 0; i < 5; ++i)
    items.push_back(added(f, item_of(f, ids)));
  auto first = listed(f, "", {}, 2);
  REQUIRE(first.size() == 2);
  auto next = listed(f, "", first.back().delivery_id, 2);
  REQUIRE(next.size() == 2);
  CHECK(next[0].delivery_id == items[2].delivery_id);
}

inline void marks_and_counts(store_fixture& f) {
  id_generator ids{lane::bulk, 0, 1};
  std::vector<inbox_item> items;
  for (int i = 0; i < 4; ++i)
    items.push_back(added(f, item_of(f, ids)));
  CHECK(marked(f, items[0].delivery_id, "seen")->state == "seen");
  CHECK(marked(f, items[1].delivery_id, "read")->state == "read");
  CHECK(marked(f, items[1].delivery_id, "seen")->state == "read");
  CHECK(marked(f, items[2].delivery_id, "archived")->state == "archived");
  auto counts = counted(f);
  CHECK(counts.unseen == 1);
  CHECK(counts.unread == 2);
  CHECK(counts.total == 4);
  CHECK(listed(f, "read").size() == 1);
  CHECK(marked(f, items[1].delivery_id, "unread")->state == "seen");
  CHECK(marked(f, items[3].delivery_id, "unread")->state == "unseen");
  CHECK(marked(f, items[0].notification_id, "read").error().code == errc::not_found);
  CHECK(marked(f, items[0].delivery_id, "burnt").error().code == errc::invalid_request);
}

inline void reads_all(store_fixture& f) {
  id_generator ids{lane::bulk, 0, 1};
  for (int i = 0; i < 3; ++i)
    added(f, item_of(f, ids));
  marked(f, listed(f)[0].delivery_id, "archived");
  auto changed = must<std::vector<inbox_item>>([&](auto then) { f.inbox().read_all(live, "u_1", then); });
  CHECK(changed.size() == 2);
  CHECK(counted(f).unread == 0);
  CHECK(listed(f, "archived").size() == 1);
}

inline void erases(store_fixture& f) {
  id_generator ids{lane::bulk, 0, 1};
  added(f, item_of(f, ids));
  must<ok_t>([&](auto then) { f.inbox().erase(live, "u_1", then); });
  CHECK(counted(f).total == 0);
  must<ok_t>([&](auto then) { f.inbox().erase(live, "u_1", then); });
}

inline std::vector<suite_case> inbox_store_suite() {
  return {
    {"items are kept and listed newest first", keeps_items},
    {"an item is added once, whatever became of it", adds_once},
    {"items of both lanes with one key live side by side", takes_both_lanes},
    {"a list goes on from its cursor", pages},
    {"marks go forward, unread leads back, counts follow", marks_and_counts},
    {"read-all leaves what is archived", reads_all},
    {"erasing empties a person's inbox", erases},
  };
}

} // namespace carillon::test::inbox_cases

namespace carillon::test {
using inbox_cases::inbox_store_suite;
} // namespace carillon::test
