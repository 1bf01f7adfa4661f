#include <algorithm>
#include <array>

#include "messages/transitions.hpp"
#include "runtime/http/handlers/both_lanes.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/handlers/query_reader.hpp"
#include "runtime/http/handlers/send.hpp"
#include "runtime/http/handlers/waits.hpp"
#include "runtime/http/response.hpp"
#include "runtime/http/submission.hpp"

namespace carillon::http {
namespace {

/// Built by hand: this is the hottest answer there is.
answer accepted(const receipt& r) {
  auto id = to_string(r.id);
  answer out{202};
  out.body = R"({"id":")" + id + R"(","status":"accepted","lane":")" + std::string{to_string(r.lane)} + "\"}";
  out.headers.push_back({"Location", "/v1/notifications/" + id});
  if (r.replayed)
    out.headers.push_back({"Idempotent-Replayed", "true"});
  return out;
}

result<intake_ptr> read_intake(service& with, const request& rq) {
  auto body = parse_json(rq.body);
  if (!body)
    return body.error();
  return make_intake(with, rq, *body, rq.idempotency_key);
}

/// What holds it back now as an accepted one would be. Nothing where its turn is at once.
std::optional<waiting> wait_of(const explained_delivery& e, lane l, const wait_finder& find) {
  auto found = find(l, e.d, e.providers);
  return found && found->why.rule == waits_turn && !e.behind ? std::nullopt : found;
}

ordered_json explained_json(const explained_delivery& e, const std::optional<waiting>& waits) {
  auto earliest = waits && waits->until ? std::max(e.earliest_at, *waits->until) : e.earliest_at;
  ordered_json out{
    {"channel", to_string(e.d.channel)}, {"address", masked(e.d.channel, e.d.address)},
    {"status", shown_status(e.d)},       {"decision", {{"rule", e.d.decision.rule}, {"reason", e.d.decision.reason}}},
    {"providers", e.providers},          {"content", rendered_json(e.what)},
    {"earliest_at", time_json(earliest)}};
  if (waits)
    out["waiting_for"] = waiting_json(*waits);
  out["limits"] = ordered_json::array();
  for (auto& l : e.limits)
    out["limits"].push_back({{"name", l.name}, {"remaining", l.remaining}, {"resets_at", time_json(l.resets_at)}});
  return out;
}

void show_list(service& with, const std::shared_ptr<inlet>& pool, responder respond,
               std::vector<notification_view> found, std::string next) {
  auto lanes = lanes_to_ask(found, with.engine.clock().now());
  find_waits(with, pool, std::move(lanes),
             [respond, found = std::move(found), next = std::move(next)](const wait_finder& waits) {
               ordered_json rows = ordered_json::array();
               for (auto& view : found)
                 rows.push_back(notification_json(view, waits));
               respond(list_answer(std::move(rows), next));
             });
}

bool is_notification_status(std::string_view word) {
  constexpr std::array words{"accepted",  "scheduled", "processing", "retrying",   "held",    "sent",
                             "delivered", "read",      "failed",     "suppressed", "expired", "cancelled"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

void post_notification(service& with, request& rq, responder respond) {
  auto what = read_intake(with, rq);
  if (!what)
    return respond(std::move(what.error()));
  submit(with, std::move(*what), accept_deadline(with, rq), [respond](result<receipt> got) {
    if (got)
      return respond(accepted(*got));
    respond(std::move(got.error()));
  });
}

void post_explain(service& with, request& rq, responder respond) {
  auto what = read_intake(with, rq);
  if (!what)
    return respond(std::move(what.error()));
  auto l = (*what)->lane;
  auto show = [&with, respond, l, pool = rq.pool](result<explanation> got) {
    if (!got)
      return respond(std::move(got.error()));
    auto now = with.engine.clock().now();
    auto waits = [now](auto& e) { return waits_for_provider(e.d, now); };
    auto any = std::any_of(got->deliveries.begin(), got->deliveries.end(), waits);
    find_waits(with, pool, any ? std::vector{l} : std::vector<lane>{},
               [respond, l, all = std::move(got->deliveries)](const wait_finder& find) {
                 ordered_json rows = ordered_json::array();
                 for (auto& e : all)
                   rows.push_back(explained_json(e, wait_of(e, l, find)));
                 respond(json_answer({{"deliveries", std::move(rows)}}));
               });
  };
  explain(with, std::move(*what), accept_deadline(with, rq), std::move(show));
}

void get_notification(service& with, request& rq, responder respond) {
  auto id = id_of(rq, "notification");
  if (!id)
    return respond(id.error());
  auto show = [&with, respond, pool = rq.pool](result<notification_view> got) {
    if (!got)
      return respond(std::move(got.error()));
    auto lanes = lanes_to_ask({*got}, with.engine.clock().now());
    find_waits(with, pool, std::move(lanes), [respond, found = std::move(*got)](const wait_finder& waits) {
      respond(json_answer(notification_json(found, waits)));
    });
  };
  with.engine.store_of(lane_of(*id)).find(rq.where(), *id, on_pool<notification_view>(rq, std::move(show)));
}

void list_notifications(service& with, request& rq, responder respond) {
  query_reader query{rq};
  notification_filter filter;
  filter.space = rq.where();
  filter.user_id = query.text("user_id");
  filter.type = query.text("type");
  filter.status = query.text("status");
  filter.channel = query.word("channel", parse_channel, channel_words);
  filter.since = query.time("since");
  filter.until = query.time("until");
  filter.limit = query.limit();
  if (!filter.status.empty() && !is_notification_status(filter.status))
    query.refuse("status", "must be a status of a notification, like delivered");
  auto from = query.word("cursor", parse_lane_cursor, "the cursors this list answered").value_or(lane_cursor{});
  if (query.problem())
    return respond(*query.problem());
  auto ask = [](lane_store& store, notification_filter own, done<notification_page> then) {
    store.list(std::move(own), std::move(then));
  };
  read_both<notification_page>(
    with, rq, filter, from, ask,
    [&with, respond, from, limit = filter.limit, pool = rq.pool](result<both_pages<notification_page>> got) {
      if (!got)
        return respond(std::move(got.error()));
      auto [found, next] = merge(*got, from, limit);
      show_list(with, pool, respond, std::move(found), next ? to_text(*next) : "");
    });
}

} // namespace carillon::http
