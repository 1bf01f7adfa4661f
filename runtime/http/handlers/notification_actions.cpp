// What can be done to a notification after it was accepted: cancel, engagement,
// and ending a held delivery by hand.
#include "actors/trail.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/response.hpp"

namespace carillon::http {
namespace {

struct resolution {
  uuid delivery_id;
  delivery_status to = delivery_status::failed;
};

std::optional<delivery_status> parse_resolution(std::string_view word) {
  if (word == "sent")
    return delivery_status::sent;
  if (word == "retry")
    return delivery_status::queued;
  return word == "failed" ? std::optional{delivery_status::failed} : std::nullopt;
}

resolution read_resolution(object_reader& in) {
  resolution out;
  std::string id;
  std::optional<delivery_status> to;
  if (in.text("delivery_id", id, bounds::name_bytes, presence::required)) {
    auto parsed = parse_uuid(id);
    out.delivery_id = parsed.value_or(uuid{});
    if (!parsed)
      in.fail("delivery_id", "format", "must be the id of a delivery");
  }
  in.word("outcome", to, parse_resolution, "sent, retry or failed", presence::required);
  out.to = to.value_or(out.to);
  return out;
}

std::optional<engagement> parse_event(std::string_view word) {
  auto value = parse_engagement(word);
  return value == engagement::none ? std::nullopt : value;
}

/// The feed shows what happened, whichever door told it. `clicked` is more than read there.
void mark_inbox(service& with, const notification_view& found, engagement what) {
  auto state = what == engagement::clicked ? "read" : std::string{to_string(what)};
  for (auto& d : found.deliveries)
    if (d.channel == channel::in_app)
      with.engine.inbox().mark(d.space, d.user_id, d.id, state, [&watch = with.engine.watch()](auto marked) {
        if (!marked && marked.error().code != errc::not_found) // not in the feed yet, or erased: nothing to mark
          watch.log(log_level::warning, "inbox_mark_failed", {{"reason", marked.error().detail}});
      });
}

} // namespace

void post_cancel(service& with, request& rq, responder respond) {
  auto id = id_of(rq, "notification");
  if (!id)
    return respond(id.error());
  with.engine.store_of(lane_of(*id))
    .cancel(rq.where(), *id, with.engine.clock().now(),
            answer_with<notification_view>(rq, respond, [&watch = with.engine.watch(), by = rq.id](auto& view) {
              watch.log(log_level::info, "notification.cancelled",
                        {{"request_id", view.n->correlation_id},
                         {"notification_id", to_string(view.n->id)},
                         {"by_request_id", by}});
              ordered_json rows = ordered_json::array();
              for (auto& d : view.deliveries)
                rows.push_back({{"id", to_string(d.id)}, {"status", to_string(d.status)}});
              return json_answer({{"id", to_string(view.n->id)}, {"deliveries", std::move(rows)}});
            }));
}

void post_engagement(service& with, request& rq, responder respond) {
  auto id = id_of(rq, "notification");
  if (!id)
    return respond(id.error());
  auto what = read_body(rq, [](object_reader& in) {
    std::optional<engagement> event;
    in.word("event", event, parse_event, "seen, read, clicked or archived", presence::required);
    return event.value_or(engagement::none);
  });
  if (!what)
    return respond(std::move(what.error()));
  auto& store = with.engine.store_of(lane_of(*id));
  auto told = [&with, &store, respond, id = *id, what = *what, where = rq.where(), pool = rq.pool](result<ok_t> kept) {
    if (!kept)
      return respond(std::move(kept.error()));
    store.find(where, id, on_pool<notification_view>(pool, [&with, respond, what](result<notification_view> found) {
                 if (found)
                   mark_inbox(with, *found, what);
                 respond(no_content());
               }));
  };
  store.engage(rq.where(), *id, std::nullopt, *what, with.engine.clock().now(), on_pool<ok_t>(rq, std::move(told)));
}

void post_resolve(service& with, request& rq, responder respond) {
  auto id = id_of(rq, "notification");
  if (!id)
    return respond(id.error());
  auto what = read_body(rq, read_resolution);
  if (!what)
    return respond(std::move(what.error()));
  auto l = lane_of(*id);
  decision why{"resolved", "ended by hand with key " + rq.caller->name};
  auto resolved = [&with, l, respond, id = *id, where = rq.where(), by = rq.id](result<delivery> got) {
    if (!got)
      return respond(std::move(got.error()));
    // It may be queued again, or have released a sibling of routing = first.
    with.engine.store_of(l).find(where, id, [&with, l, respond, by, d = *got](auto found) {
      log_of(with.engine.watch(), log_level::info, "delivery.resolved", found ? found->n : nullptr, d, [&] {
        return log_fields{{"status", std::string{to_string(d.status)}}, {"by_request_id", by}};
      });
      with.engine.wake(l, found ? found->deliveries : std::vector{d});
      respond(json_answer(delivery_json(d)));
    });
  };
  with.engine.store_of(l).resolve(rq.where(), *id, what->delivery_id, what->to, std::move(why),
                                  with.engine.clock().now(), on_pool<delivery>(rq, std::move(resolved)));
}

} // namespace carillon::http
