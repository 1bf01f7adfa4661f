// Contract of lane_store: listing, with and without the background index.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "samples.hpp"

namespace carillon::test::list_cases {

inline notification_page listed(store_fixture& f, notification_filter what) {
  what.space = live;
  return must<notification_page>([&](auto then) { f.bulk().list(what, then); });
}

inline std::vector<row_key> keys_in(const notification_page& page) {
  std::vector<row_key> keys;
  for (auto& view : page.data)
    keys.push_back(view.n->key);
  return keys;
}

/// Ten notifications over some hours, of two people in turn; newest last.
inline std::vector<acceptance> fill(store_fixture& f, bool settle_half) {
  sample_maker make{f, lane::bulk};
  std::vector<acceptance> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(kept(f.bulk(), make.make(i % 2 == 0 ? "even" : "odd")));
    f.clock().advance(40min);
    if (settle_half && i == 4)
      f.settle(lane::bulk);
  }
  return all;
}

inline void of_one_user(store_fixture& f) {
  auto all = fill(f, true);
  notification_filter mine;
  mine.user_id = "even";
  std::vector<row_key> expected{all[8].n->key, all[6].n->key, all[4].n->key, all[2].n->key, all[0].n->key};
  CHECK(keys_in(listed(f, mine)) == expected);
  f.settle(lane::bulk);
  CHECK(keys_in(listed(f, mine)) == expected);
  f.reopen();
  CHECK(keys_in(listed(f, mine)) == expected);
}

inline void in_pages(store_fixture& f) {
  auto all = fill(f, true);
  notification_filter mine;
  mine.user_id = "odd";
  mine.limit = 2;
  std::vector<row_key> seen;
  for (bool more = true; more;) {
    auto page = listed(f, mine);
    CHECK(page.data.size() <= 2);
    for (auto key : keys_in(page))
      seen.push_back(key);
    more = page.next.has_value();
    mine.before = page.next;
  }
  CHECK(seen == std::vector<row_key>{all[9].n->key, all[7].n->key, all[5].n->key, all[3].n->key, all[1].n->key});
}

inline void of_everybody(store_fixture& f) {
  auto all = fill(f, true);
  notification_filter any;
  any.limit = 3;
  CHECK(keys_in(listed(f, any)) == std::vector<row_key>{all[9].n->key, all[8].n->key, all[7].n->key});
}

inline void filtered(store_fixture& f) {
  auto all = fill(f, false);
  finished(f.bulk(), all[3], delivery_status::sent, f.clock().now());
  notification_filter what;
  what.status = "sent";
  CHECK(keys_in(listed(f, what)) == std::vector<row_key>{all[3].n->key});
  what = {};
  what.type = "nothing";
  CHECK(listed(f, what).data.empty());
  what = {};
  what.channel = channel::sms;
  CHECK(listed(f, what).data.empty());
  what = {};
  what.since = all[2].n->created_at;
  what.until = all[5].n->created_at;
  CHECK(keys_in(listed(f, what)) == std::vector<row_key>{all[4].n->key, all[3].n->key, all[2].n->key});
  what.user_id = "odd";
  f.settle(lane::bulk);
  CHECK(keys_in(listed(f, what)) == std::vector<row_key>{all[3].n->key});
}

inline void late_commit_is_listed(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto early = make.make(); // its key is older than what is indexed when it commits
  auto later = kept(f.bulk(), make.make());
  f.settle(lane::bulk);
  kept(f.bulk(), early);
  f.settle(lane::bulk);
  notification_filter mine;
  mine.user_id = "u_1";
  CHECK(keys_in(listed(f, mine)) == std::vector<row_key>{later.n->key, early.n->key});
}

inline const std::vector<suite_case> all{
  {"a person's notifications are listed newest first, indexed or not", of_one_user},
  {"a list goes on in pages", in_pages},
  {"all notifications are listed newest first", of_everybody},
  {"a list is filtered by status, type, channel and time", filtered},
  {"what commits after a later key was indexed is listed too", late_commit_is_listed},
};

} // namespace carillon::test::list_cases
