// The in-app feed. What a person does with an item is kept in the feed and on the
// delivery, so that both tell the same.
#include "runtime/http/handlers/both_lanes.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/handlers/query_reader.hpp"
#include "runtime/http/inbox_json.hpp"

namespace carillon::http {
namespace {

constexpr std::size_t read_all_step = 1000; // what the store answers at most

std::optional<std::string> parse_state(std::string_view word) {
  bool known = word == "unseen" || word == "seen" || word == "read" || word == "archived";
  return known ? std::optional{std::string{word}} : std::nullopt;
}

/// Tells the delivery's lane. The feed is what the person sees; should the lane
/// refuse (history was dropped), the feed still stands.
void engage(service& with, const inbox_item& item, engagement what) {
  auto told = [&watch = with.engine.watch()](result<ok_t> kept) {
    if (!kept && kept.error().code != errc::not_found)
      watch.log(log_level::warning, "engagement_failed", {{"reason", kept.error().detail}});
  };
  with.engine.store_of(lane_of(item.notification_id))
    .engage(item.space, item.notification_id, item.delivery_id, what, with.engine.clock().now(), std::move(told));
}

void read_all(service& with, std::shared_ptr<request> rq, responder respond) {
  auto step = [&with, rq, respond](result<std::vector<inbox_item>> changed) {
    if (!changed)
      return respond(std::move(changed.error()));
    for (auto& item : *changed)
      engage(with, item, engagement::read);
    if (changed->size() < read_all_step)
      return respond(no_content());
    read_all(with, rq, respond);
  };
  with.engine.inbox().read_all(rq->where(), rq->args[0], on_pool<std::vector<inbox_item>>(*rq, std::move(step)));
}

} // namespace

void list_inbox(service& with, request& rq, responder respond) {
  query_reader query{rq};
  auto state = query.word("state", parse_state, "unseen, seen, read, archived").value_or("");
  auto limit = query.limit();
  auto from = query.word("cursor", parse_uuid, "the cursors this list answered");
  if (query.problem())
    return respond(*query.problem());
  auto show = [limit](const std::vector<inbox_item>& found) {
    ordered_json rows = ordered_json::array();
    for (std::size_t i = 0; i < std::min(limit, found.size()); ++i)
      rows.push_back(inbox_item_json(found[i]));
    bool more = found.size() > limit;
    auto next = more ? to_string(found[limit - 1].delivery_id) : "";
    return list_answer(std::move(rows), next);
  };
  with.engine.inbox().list(rq.where(), rq.args[0], state, from, limit + 1,
                           answer_with<std::vector<inbox_item>>(rq, respond, show));
}

void get_inbox_counts(service& with, request& rq, responder respond) {
  with.engine.inbox().counts(rq.where(), rq.args[0], answer_with<inbox_counts>(rq, respond, [](const inbox_counts& c) {
                               return json_answer({{"unseen", c.unseen}, {"unread", c.unread}, {"total", c.total}});
                             }));
}

void post_inbox_mark(service& with, request& rq, responder respond) {
  auto id = id_of(rq, "delivery", 1);
  if (!id)
    return respond(id.error());
  auto& state = rq.args[2];
  if (state != "seen" && state != "read" && state != "archived" && state != "unread")
    return respond(fault{errc::not_found, "An item can be marked as seen, read, archived or unread."});
  auto marked = [&with, respond, what = parse_engagement(state)](result<inbox_item> item) {
    if (!item)
      return respond(std::move(item.error()));
    if (what)
      engage(with, *item, *what);
    respond(json_answer(inbox_item_json(*item)));
  };
  with.engine.inbox().mark(rq.where(), rq.args[0], *id, state, on_pool<inbox_item>(rq, std::move(marked)));
}

void post_inbox_read_all(service& with, request& rq, responder respond) {
  read_all(with, std::make_shared<request>(std::move(rq)), std::move(respond));
}

} // namespace carillon::http
