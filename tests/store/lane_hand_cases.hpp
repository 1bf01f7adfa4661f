// Contract of lane_store: what people do with notifications, and what becomes of
// old ones and of erased people.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "samples.hpp"

namespace carillon::test::hand_cases {

inline result<notification_view> cancelled(store_fixture& f, const uuid& id) {
  return await<notification_view>([&](auto then) { f.bulk().cancel(live, id, f.clock().now(), then); });
}

inline void cancels_unsent(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make("u_1", 2));
  finished(f.bulk(), what, delivery_status::sent, f.clock().now());
  auto view = cancelled(f, what.n->id);
  REQUIRE(view);
  CHECK(view->deliveries[0].status == delivery_status::sent);
  CHECK(view->deliveries[1].status == delivery_status::cancelled);
  CHECK(found(f.bulk(), *what.n).deliveries[1].history.back().rule == "sender.cancel");
  CHECK(found(f.bulk(), *what.n).deliveries[1].decision.rule == "sender.cancel");
  CHECK(pulled_from(f.bulk(), f.clock().now()).rows.empty());
  CHECK(cancelled(f, what.n->id).error().code == errc::nothing_to_cancel);
}

inline void cancel_finds_only_its_own(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  auto other = what.n->id;
  other.bytes[15] ^= 1;
  CHECK(cancelled(f, other).error().code == errc::not_found);
  started(f.bulk(), what.deliveries[0].key, attempt_at(f.clock().now()));
  CHECK(cancelled(f, what.n->id).error().code == errc::nothing_to_cancel);
}

inline result<delivery> resolved(store_fixture& f, const acceptance& what, delivery_status to) {
  return await<delivery>([&](auto then) {
    f.bulk().resolve(live, what.n->id, what.deliveries[0].id, to, {"person", "By hand."}, f.clock().now(), then);
  });
}

inline void resolves_held(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  for (auto to : {delivery_status::sent, delivery_status::queued, delivery_status::failed}) {
    auto what = kept(f.bulk(), make.make());
    CHECK(resolved(f, what, to).error().code == errc::not_held);
    finished(f.bulk(), what, delivery_status::held, f.clock().now());
    auto d = resolved(f, what, to);
    REQUIRE(d);
    CHECK(d->status == to);
    CHECK(first_of(f.bulk(), what).history.back().rule == "person");
  }
}

inline void resolve_needs_the_right_ids(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto what = kept(f.bulk(), make.make());
  auto other = kept(f.bulk(), make.make());
  finished(f.bulk(), what, delivery_status::held, f.clock().now());
  auto mixed = what;
  mixed.deliveries = other.deliveries;
  CHECK(resolved(f, mixed, delivery_status::sent).error().code == errc::not_found);
}

inline void engagement_goes_forward(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make("u_1", 2));
  auto engage = [&](std::optional<uuid> whom, engagement how) {
    return await<ok_t>([&](auto then) { f.bulk().engage(live, what.n->id, whom, how, f.clock().now(), then); });
  };
  CHECK(engage(std::nullopt, engagement::seen).error().code == errc::not_sent);
  CHECK(engage(what.deliveries[0].id, engagement::read).error().code == errc::not_sent);
  started(f.bulk(), what.deliveries[0].key, attempt_at(f.clock().now()));
  CHECK(engage(what.deliveries[0].id, engagement::read));
  CHECK(engage(std::nullopt, engagement::seen));
  auto stored = found(f.bulk(), *what.n).deliveries;
  CHECK(stored[0].engagement == engagement::read);
  CHECK(stored[1].engagement == engagement::none); // nobody was sent it
  started(f.bulk(), what.deliveries[1].key, attempt_at(f.clock().now()));
  CHECK(engage(std::nullopt, engagement::seen));
  CHECK(found(f.bulk(), *what.n).deliveries[1].engagement == engagement::seen);
  CHECK(engage(what.n->id, engagement::seen).error().code == errc::not_found);
}

inline void outcome_keeps_engagement(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  auto d = finished(f.bulk(), what, delivery_status::sent, f.clock().now());
  must<ok_t>(
    [&](auto then) { f.bulk().engage(live, what.n->id, std::nullopt, engagement::clicked, f.clock().now(), then); });
  move_to(d, delivery_status::delivered, f.clock().now());
  updated(f.bulk(), {d, delivery_status::sent, 1});
  CHECK(first_of(f.bulk(), what).engagement == engagement::clicked);
}

inline dead_letter_page dead(store_fixture& f, dead_letter_filter what) {
  what.space = live;
  return must<dead_letter_page>([&](auto then) { f.bulk().dead_letters(what, then); });
}

inline void lists_dead_letters(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  std::vector<acceptance> letters;
  for (auto* user : {"u_1", "u_2", "u_1"}) {
    letters.push_back(kept(f.bulk(), make.make(user)));
    finished(f.bulk(), letters.back(), delivery_status::dead_lettered, f.clock().now());
  }
  kept(f.bulk(), make.make());
  CHECK(dead(f, {}).matched == 3);
  CHECK(keys_of(dead(f, {}).data)[0] == letters[2].deliveries[0].key);
  dead_letter_filter page;
  page.limit = 2;
  auto first = dead(f, page);
  CHECK(first.matched == 3);
  REQUIRE(first.next);
  page.before = first.next;
  CHECK(keys_of(dead(f, page).data) == std::vector<row_key>{letters[0].deliveries[0].key});
  dead_letter_filter by_user;
  by_user.user_id = "u_2";
  CHECK(dead(f, by_user).matched == 1);
  dead_letter_filter by_code;
  by_code.code = "451";
  by_code.provider = provider;
  CHECK(dead(f, by_code).matched == 3);
  by_code.code = "550";
  CHECK(dead(f, by_code).matched == 0);
  dead_letter_filter by_id;
  by_id.ids = {letters[1].deliveries[0].id};
  CHECK(dead(f, by_id).matched == 1);
}

inline void redrives(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto letter = kept(f.bulk(), make.make());
  finished(f.bulk(), letter, delivery_status::dead_lettered, f.clock().now());
  auto other = kept(f.bulk(), make.make());
  std::vector<row_key> keys{letter.deliveries[0].key, other.deliveries[0].key};
  auto queued = must<std::vector<delivery>>([&](auto then) {
    f.bulk().redrive(keys, {std::string{rule_redriven}, "by ops"}, f.clock().now(), then);
  });
  REQUIRE(queued.size() == 1);
  auto d = first_of(f.bulk(), letter);
  CHECK(d.status == delivery_status::queued);
  CHECK(d.history.back().reason == "by ops");
  CHECK(d.decision == decision{"redriven", "by ops"});
  CHECK(d.attempts_before == 1); // its attempts count anew
  CHECK(d.attempts.size() == 1);
  CHECK(dead(f, {}).matched == 0);
  CHECK(pulled_from(f.bulk(), f.clock().now()).rows.size() == 2);
}

inline void erases_a_person(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto waiting = kept(f.bulk(), make.make("u_1"));
  auto sent = kept(f.bulk(), make.make("u_1"));
  finished(f.bulk(), sent, delivery_status::sent, f.clock().now());
  auto on_wire = kept(f.bulk(), make.make("u_1"));
  started(f.bulk(), on_wire.deliveries[0].key, attempt_at(f.clock().now()));
  auto late = first_of(f.bulk(), on_wire);
  auto neighbour = kept(f.bulk(), make.make("u_2"));
  must<ok_t>([&](auto then) { f.bulk().erase(live, "u_1", then); });

  for (auto* what : {&waiting, &sent, &on_wire}) {
    auto view = found(f.bulk(), *what->n);
    CHECK(view.n->erased);
    CHECK(view.n->content == content{});
    CHECK(view.deliveries[0].address.empty());
  }
  CHECK(first_of(f.bulk(), waiting).status == delivery_status::cancelled);
  CHECK(first_of(f.bulk(), sent).attempts[0].detail.empty());
  CHECK_FALSE(found(f.bulk(), *neighbour.n).n->erased);

  // The outcome of the call that was on the wire brings nothing back.
  move_to(late, delivery_status::sent, f.clock().now(), {"outcome", "taken for someone@example.org"});
  CHECK(updated(f.bulk(), {late, delivery_status::sending, 1}).applied);
  auto d = first_of(f.bulk(), on_wire);
  CHECK(d.status == delivery_status::sent);
  CHECK(d.address.empty());
  CHECK(d.history.back().reason.empty());
  must<ok_t>([&](auto then) { f.bulk().erase(live, "u_1", then); });
}

inline void refuses_what_was_decided_before_an_erasure(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto on_its_way = make.make("u_1");
  on_its_way.claim = claim("k");
  auto neighbour = make.make("u_2");
  must<ok_t>([&](auto then) { f.bulk().erase(live, "u_1", then); });
  CHECK(try_accept(f.bulk(), on_its_way).error().code == errc::overloaded);
  CHECK(try_accept(f.bulk(), neighbour));
  f.clock().advance(1ms);
  auto again = make.make("u_1");
  again.claim = claim("k");
  auto answer = try_accept(f.bulk(), again);
  REQUIRE(answer);
  CHECK_FALSE(answer->replayed); // the refused one took no key
}

inline bool exists(store_fixture& f, const acceptance& what) {
  return static_cast<bool>(await<notification_view>([&](auto then) { f.bulk().find(live, what.n->id, then); }));
}

inline void removes_the_old(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto sent = kept(f.bulk(), make.make());
  finished(f.bulk(), sent, delivery_status::sent, f.clock().now());
  auto dead_one = kept(f.bulk(), make.make());
  finished(f.bulk(), dead_one, delivery_status::dead_lettered, f.clock().now());
  auto unfinished = kept(f.bulk(), make.make("u_1", 2));
  finished(f.bulk(), unfinished, delivery_status::sent, f.clock().now());
  f.clock().advance(f.retention() / 2);
  auto young = kept(f.bulk(), make.make());
  finished(f.bulk(), young, delivery_status::sent, f.clock().now());
  f.settle(lane::bulk);
  CHECK(exists(f, sent));
  f.clock().advance(f.retention() / 2 + 1s);
  f.settle(lane::bulk);
  CHECK_FALSE(exists(f, sent));
  CHECK_FALSE(exists(f, dead_one));
  CHECK(exists(f, unfinished));
  CHECK(exists(f, young));
}

inline const std::vector<suite_case> all{
  {"cancel takes back what was not sent", cancels_unsent},
  {"cancel finds nothing elsewhere, and nothing on the wire", cancel_finds_only_its_own},
  {"a held delivery is resolved by hand", resolves_held},
  {"resolve needs the delivery of that notification", resolve_needs_the_right_ids},
  {"engagement never moves backwards", engagement_goes_forward},
  {"an outcome does not take engagement back", outcome_keeps_engagement},
  {"dead letters are listed, filtered and paged", lists_dead_letters},
  {"redrive queues dead letters again and nothing else", redrives},
  {"erasing a person blanks their notifications for good", erases_a_person},
  {"what was decided before an erasure is refused", refuses_what_was_decided_before_an_erasure},
  {"finished notifications go after the retention, unfinished never", removes_the_old},
};

} // namespace carillon::test::hand_cases
