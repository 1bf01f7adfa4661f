// The ledger of addresses that must not be used. An address never stands in a
// URL: it is posted, and removed by the entry's id.
#include "runtime/http/contacts_json.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/handlers/query_reader.hpp"
#include "runtime/http/keys.hpp"
#include "runtime/http/limits.hpp"
#include "runtime/http/suppression_json.hpp"

namespace carillon::http {
namespace {

suppression read_suppression(object_reader& in, sys_time now) {
  suppression out;
  std::optional<channel> on;
  std::optional<suppression_cause> cause;
  in.word("channel", on, parse_channel, channel_words, presence::required);
  bool addressed = in.text("address", out.address, limits::address_bytes, presence::required, 1);
  in.word("cause", cause, parse_suppression_cause, "hard_bounce, complaint, unsubscribe, dead_token, manual");
  in.text("note", out.note, limits::note_bytes);
  in.time("expires_at", out.expires_at);
  out.channel = on.value_or(out.channel);
  out.cause = cause.value_or(suppression_cause::manual);
  if (on == channel::in_app)
    in.fail("channel", "range", "in_app has no addresses; use the person's preferences");
  if (auto problem = on && addressed ? address_problem(*on, out.address) : ""; !problem.empty())
    in.fail("address", "format", problem);
  if (out.expires_at && *out.expires_at <= now)
    in.fail("expires_at", "range", "is in the past");
  return out;
}

void announce(service& with, const suppression& s) {
  with.engine.announce(change{s.space, {}, std::pair{s.channel, s.address}});
}

} // namespace

void list_suppressions(service& with, request& rq, responder respond) {
  query_reader query{rq};
  auto on = query.word("channel", parse_channel, channel_words);
  auto limit = query.limit();
  auto after = query.text("cursor");
  if (!after.empty() && !parse_uuid(after))
    query.refuse("cursor", "must be one that this list answered");
  if (query.problem())
    return respond(*query.problem());
  auto show = [limit](const std::vector<suppression>& found) {
    ordered_json rows = ordered_json::array();
    for (std::size_t i = 0; i < std::min(limit, found.size()); ++i)
      rows.push_back(suppression_json(found[i]));
    return list_answer(std::move(rows), found.size() > limit ? found[limit - 1].id : "");
  };
  with.engine.control().list_suppressions(rq.where(), on, after, limit + 1,
                                          answer_with<std::vector<suppression>>(rq, respond, show));
}

void post_suppression(service& with, request& rq, responder respond) {
  auto now = with.engine.clock().now();
  auto what = read_body(rq, [now](object_reader& in) { return read_suppression(in, now); });
  if (!what)
    return respond(std::move(what.error()));
  what->id = new_row_id(now);
  what->space = rq.where();
  what->created_at = now;
  auto added = [&with, respond](result<suppression> kept) {
    if (!kept)
      return respond(std::move(kept.error()));
    announce(with, *kept);
    respond(json_answer(suppression_json(*kept), 201));
  };
  with.engine.control().add_suppression(std::move(*what), on_pool<suppression>(rq, std::move(added)));
}

void delete_suppression(service& with, request& rq, responder respond) {
  auto removed = [&with, respond](result<suppression> gone) {
    if (!gone)
      return respond(std::move(gone.error()));
    announce(with, *gone);
    respond(no_content());
  };
  with.engine.control().remove_suppression(rq.where(), rq.args[0], on_pool<suppression>(rq, std::move(removed)));
}

} // namespace carillon::http
