// Contract of lane_store: accepting, finding again, idempotency, restart.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "samples.hpp"

namespace carillon::test::accept_cases {

inline acceptance rich_request(store_fixture& f) {
  auto what = sample_maker{f, lane::bulk}.make("u_ä\"1", 2);
  auto n = std::make_shared<notification>(*what.n);
  n->send_at = f.clock().now() + 1h;
  n->expires_at = f.clock().now() + 2h;
  n->content.data = R"({"b":1.0,"a":[true,null]})";
  n->content.body = "line\nwith \"quotes\", \\ and \x01 and ü";
  n->content.by_channel[channel::email] = {"S", "T", "B", "text", "<b>html</b>"};
  n->locale = "de";
  n->to.email = "someone@example.org";
  n->to.devices = {{"fcm", "token"}};
  n->metadata = R"({"order":"A123"})";
  n->correlation_id = "req-1";
  what.n = n;
  what.deliveries[1].channel = channel::push;
  what.deliveries[1].standby = true;
  what.deliveries[1].status = delivery_status::scheduled;
  what.deliveries[1].expires_at = n->expires_at;
  return what;
}

inline void keeps_everything(store_fixture& f) {
  auto what = kept(f.bulk(), rich_request(f));
  f.reopen();
  auto view = found(f.bulk(), *what.n);
  auto& n = *view.n;
  CHECK(n.id == what.n->id);
  CHECK(n.key == what.n->key);
  CHECK(n.space == live);
  CHECK(n.lane == lane::bulk);
  CHECK(n.user_id == what.n->user_id);
  CHECK(n.created_at == what.n->created_at);
  CHECK(n.send_at == what.n->send_at);
  CHECK(n.expires_at == what.n->expires_at);
  CHECK(n.content == what.n->content);
  CHECK(n.locale == "de");
  CHECK(n.to == what.n->to);
  CHECK(n.metadata == what.n->metadata);
  CHECK(n.correlation_id == "req-1");
  CHECK_FALSE(n.erased);
}

inline void keeps_deliveries(store_fixture& f) {
  auto what = kept(f.bulk(), rich_request(f));
  auto view = found(f.bulk(), *what.n);
  REQUIRE(view.deliveries.size() == 2);
  auto& email = view.deliveries[0];
  CHECK(email.id == what.deliveries[0].id);
  CHECK(email.notification_key == what.n->key);
  CHECK(email.user_id == what.n->user_id);
  CHECK(email.type == "order_shipped");
  CHECK(email.space == live);
  CHECK(email.queue == provider);
  CHECK(email.address == "someone@example.org");
  CHECK(email.decision == what.deliveries[0].decision);
  CHECK(email.history.size() == 1);
  CHECK_FALSE(email.due);
  auto& push = view.deliveries[1];
  CHECK(push.channel == channel::push);
  CHECK(push.standby);
  CHECK(push.expires_at == what.n->expires_at);
}

inline void answers_not_found(store_fixture& f) {
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make());
  auto other = what.n->id;
  other.bytes[15] ^= 1; // same key, another tail
  auto find = [&](space where, uuid id) {
    return await<notification_view>([&](auto then) { f.bulk().find(where, id, then); });
  };
  CHECK(find(live, other).error().code == errc::not_found);
  CHECK(find({"default", mode::test}, what.n->id).error().code == errc::not_found);
  CHECK(find({"somebody_else", mode::live}, what.n->id).error().code == errc::not_found);
}

inline void same_key_same_body(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto first = make.make();
  first.claim = claim("k");
  kept(f.bulk(), first);
  f.reopen();
  auto again = make.make();
  again.claim = claim("k");
  auto answer = try_accept(f.bulk(), again);
  REQUIRE(answer);
  CHECK(answer->replayed);
  CHECK(answer->id == first.n->id);
  CHECK(answer->lane == lane::bulk);
  auto second = await<notification_view>([&](auto then) { f.bulk().find(live, again.n->id, then); });
  CHECK_FALSE(second);
}

inline void same_key_other_body(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto first = make.make();
  first.claim = claim("k", 1);
  kept(f.bulk(), first);
  auto other = make.make();
  other.claim = claim("k", 2);
  CHECK(try_accept(f.bulk(), other).error().code == errc::key_reused);
}

inline void keys_hold_across_lanes(store_fixture& f) {
  auto first = sample_maker{f, lane::critical}.make();
  first.claim = claim("k");
  kept(f.critical(), first);
  auto again = sample_maker{f, lane::bulk}.make();
  again.claim = claim("k");
  auto answer = try_accept(f.bulk(), again);
  REQUIRE(answer);
  CHECK(answer->replayed);
  CHECK(answer->id == first.n->id);
  CHECK(answer->lane == lane::critical);
}

inline void claims_are_recalled(store_fixture& f) {
  auto recall = [&](lane where, const idempotency_claim& what) {
    auto& store = where == lane::bulk ? f.bulk() : f.critical();
    return await<std::optional<receipt>>([&](auto then) { store.recall(live, what, then); });
  };
  CHECK_FALSE(*recall(lane::bulk, claim("k", 1)));
  auto first = sample_maker{f, lane::bulk}.make();
  first.claim = claim("k", 1);
  kept(f.bulk(), first);
  for (auto l : {lane::bulk, lane::critical}) {
    auto known = recall(l, claim("k", 1));
    REQUIRE(known);
    REQUIRE(*known);
    CHECK((*known)->id == first.n->id);
    CHECK((*known)->lane == lane::bulk);
    CHECK((*known)->replayed);
    CHECK(recall(l, claim("k", 2)).error().code == errc::key_reused);
    CHECK_FALSE(*recall(l, claim("other", 1))); // a look kept nothing
  }
}

inline void keys_of_spaces_are_apart(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto first = make.make();
  first.claim = claim("k");
  kept(f.bulk(), first);
  auto other = make.make();
  auto n = std::make_shared<notification>(*other.n);
  n->space = {"default", mode::test};
  other.n = n;
  other.claim = claim("k", 2);
  auto answer = try_accept(f.bulk(), other);
  REQUIRE(answer);
  CHECK_FALSE(answer->replayed);
}

inline void keys_are_forgotten(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  auto first = make.make();
  first.claim = claim("k", 1);
  kept(f.bulk(), first);
  f.clock().advance(f.idempotency_ttl() - 1s);
  auto within = make.make();
  within.claim = claim("k", 1);
  CHECK(try_accept(f.bulk(), within)->replayed);
  f.clock().advance(f.idempotency_ttl());
  f.settle(lane::bulk);
  auto after = make.make();
  after.claim = claim("k", 2);
  auto answer = try_accept(f.bulk(), after);
  REQUIRE(answer);
  CHECK_FALSE(answer->replayed);
}

inline void one_of_many_wins(store_fixture& f) {
  sample_maker make{f, lane::bulk};
  constexpr int requests = 50;
  std::vector<std::future<result<receipt>>> answers;
  for (int i = 0; i < requests; ++i) {
    auto what = make.make();
    what.claim = claim("k");
    auto promise = std::make_shared<std::promise<result<receipt>>>();
    answers.push_back(promise->get_future());
    f.bulk().accept(what, [promise](result<receipt> r) { promise->set_value(std::move(r)); });
  }
  auto first = answers.front().get();
  CHECK_FALSE(first->replayed);
  for (std::size_t i = 1; i < answers.size(); ++i) {
    auto other = answers[i].get();
    CHECK(other->replayed);
    CHECK(other->id == first->id);
  }
}

inline void refuses_scattered_keys(store_fixture& f) {
  auto what = sample_maker{f, lane::bulk}.make("u_1", 2);
  what.deliveries[1].key += 5;
  CHECK(try_accept(f.bulk(), what).error().code == errc::internal_error);
  CHECK_FALSE(await<notification_view>([&](auto then) { f.bulk().find(live, what.n->id, then); }));
}

inline void knows_newest_key(store_fixture& f) {
  CHECK(f.bulk().newest_key() == 0);
  auto what = kept(f.bulk(), sample_maker{f, lane::bulk}.make("u_1", 3));
  f.reopen();
  CHECK(f.bulk().newest_key() == what.deliveries.back().key);
  CHECK(f.critical().newest_key() == 0);
}

inline const std::vector<suite_case> all{
  {"a notification is found again whole after a restart", keeps_everything},
  {"deliveries are found again whole", keeps_deliveries},
  {"another id, space or mode is not found", answers_not_found},
  {"a repeated idempotency key answers the first receipt, restart or not", same_key_same_body},
  {"an idempotency key with another body is refused", same_key_other_body},
  {"an idempotency key holds across lanes", keys_hold_across_lanes},
  {"a look-up finds an idempotency key in either lane and keeps nothing", claims_are_recalled},
  {"idempotency keys of live and test mode are apart", keys_of_spaces_are_apart},
  {"an idempotency key holds for its life, then is forgotten", keys_are_forgotten},
  {"of many requests with one key queued together one is kept", one_of_many_wins},
  {"deliveries whose keys do not follow the notification's are refused", refuses_scattered_keys},
  {"the newest key is known after opening", knows_newest_key},
};

} // namespace carillon::test::accept_cases
