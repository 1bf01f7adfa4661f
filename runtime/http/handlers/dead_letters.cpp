// Dead letters: what used up its attempts and waits for a person.
#include "runtime/http/handlers/both_lanes.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/handlers/query_reader.hpp"
#include "runtime/http/jobs.hpp"
#include "runtime/http/limits.hpp"
#include "runtime/http/response.hpp"

namespace carillon::http {
namespace {

constexpr std::size_t sample_rows = 10;

using dead_page = dead_letter_page;

/// The provider, code and reason of the last attempt; the history says when it died.
ordered_json dead_letter_json(const pulled& p) {
  auto& d = p.d;
  auto last = d.attempts.empty() ? attempt{} : d.attempts.back();
  auto died = d.history.empty() ? p.n->created_at : d.history.back().at;
  return {{"id", to_string(d.id)},
          {"notification_id", to_string(p.n->id)},
          {"request_id", p.n->correlation_id.empty() ? ordered_json(nullptr) : ordered_json(p.n->correlation_id)},
          {"user_id", d.user_id},
          {"type", d.type},
          {"channel", to_string(d.channel)},
          {"provider", last.provider},
          {"code", last.code},
          {"reason", d.decision.reason.empty() ? last.detail : d.decision.reason},
          {"attempts", d.attempts.size()},
          {"dead_at", time_json(died)}};
}

void read_ids(object_reader& in, std::vector<uuid>& out) {
  auto* list = in.array("ids", limits::filter_ids);
  if (!list)
    return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto& item = (*list)[i];
    if (auto id = item.is_string() ? parse_uuid(item.get_ref<const std::string&>()) : std::nullopt)
      out.push_back(*id);
    else
      in.errors().push_back({in.pointer_to("ids") + '/' + std::to_string(i), "format", "must be the id of a delivery"});
  }
  if (list->empty())
    in.fail("ids", "range", "must name an id; leave it out for all");
}

void read_filter(object_reader& in, dead_letter_filter& out) {
  read_ids(in, out.ids);
  in.name("type", out.type);
  in.word("channel", out.channel, parse_channel, channel_words);
  in.name("provider", out.provider);
  in.name("code", out.code);
  in.name("user_id", out.user_id);
  in.time("since", out.since);
  in.time("until", out.until);
  in.finish();
}

struct redrive_request {
  redrive_order order;
  bool dry_run = false;
};

redrive_request read_redrive(object_reader& in) {
  redrive_request out;
  if (auto* filter = in.object("filter", presence::required)) {
    object_reader own{*filter, in.pointer_to("filter"), in.errors()};
    read_filter(own, out.order.filter);
  }
  std::optional<double> rate;
  in.positive("rate", rate, max_redrive_rate, min_redrive_rate);
  out.order.rate = rate.value_or(out.order.rate);
  in.flag("dry_run", out.dry_run);
  return out;
}

/// `ids=a,b` of the list.
void read_id_list(query_reader& query, std::vector<uuid>& out) {
  auto text = query.text("ids");
  std::string_view rest = text;
  while (!rest.empty()) {
    auto end = std::min(rest.find(','), rest.size());
    auto id = parse_uuid(rest.substr(0, end));
    if (!id || out.size() >= limits::filter_ids)
      return query.refuse("ids", "must be ids of deliveries, separated by commas, at most 1000");
    out.push_back(*id);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void ask(lane_store& store, dead_letter_filter filter, done<dead_page> then) {
  store.dead_letters(std::move(filter), std::move(then));
}

ordered_json rows_json(const std::vector<pulled>& rows) {
  ordered_json out = ordered_json::array();
  for (auto& p : rows)
    out.push_back(dead_letter_json(p));
  return out;
}

ordered_json job_json(const job_view& v) {
  ordered_json out{{"id", v.id},
                   {"status", to_string(v.status)},
                   {"matched", v.matched},
                   {"processed", v.processed},
                   {"redriven", v.redriven},
                   {"started_at", time_json(v.started_at)},
                   {"finished_at", time_json(v.finished_at)}};
  if (!v.detail.empty())
    out["detail"] = v.detail;
  return out;
}

} // namespace

void list_dead_letters(service& with, request& rq, responder respond) {
  query_reader query{rq};
  dead_letter_filter filter;
  filter.space = rq.where();
  read_id_list(query, filter.ids);
  filter.type = query.text("type");
  filter.provider = query.text("provider");
  filter.code = query.text("code");
  filter.user_id = query.text("user_id");
  filter.channel = query.word("channel", parse_channel, channel_words);
  filter.since = query.time("since");
  filter.until = query.time("until");
  filter.limit = query.limit();
  auto from = query.word("cursor", parse_lane_cursor, "the cursors this list answered").value_or(lane_cursor{});
  if (query.problem())
    return respond(*query.problem());
  read_both<dead_page>(with, rq, filter, from, ask,
                       [respond, from, limit = filter.limit](result<both_pages<dead_page>> got) {
                         if (!got)
                           return respond(std::move(got.error()));
                         auto [rows, next] = merge(*got, from, limit);
                         respond(list_answer(rows_json(rows), next ? to_text(*next) : ""));
                       });
}

void post_redrive(service& with, request& rq, responder respond) {
  auto what = read_body(rq, read_redrive);
  if (!what)
    return respond(std::move(what.error()));
  what->order.filter.space = rq.where();
  what->order.by = rq.caller->name;
  what->order.by_request_id = rq.id;
  auto first = what->order.filter;
  first.limit = sample_rows;
  auto counted = [&with, respond, what = *what](result<both_pages<dead_page>> got) {
    if (!got)
      return respond(std::move(got.error()));
    auto matched = (*got)[0].matched + (*got)[1].matched;
    if (what.dry_run) {
      auto rows = merge(*got, lane_cursor{}, sample_rows).first;
      return respond(json_answer({{"matched", matched}, {"sample", rows_json(rows)}}));
    }
    auto order = what.order;
    order.matched = matched;
    auto job = with.jobs.redrive(std::move(order));
    if (!job)
      return respond(std::move(job.error()));
    auto out = json_answer({{"job_id", job->id}, {"matched", matched}}, 202);
    out.headers.push_back({"Location", "/v1/jobs/" + job->id});
    respond(std::move(out));
  };
  read_both<dead_page>(with, rq, first, lane_cursor{}, ask, std::move(counted));
}

void get_job(service& with, request& rq, responder respond) {
  auto job = with.jobs.find(rq.where(), rq.args[0]);
  if (!job)
    return respond(no_such("job"));
  respond(json_answer(job_json(*job)));
}

} // namespace carillon::http
