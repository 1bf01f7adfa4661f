// GET /v1/users/{id}/export: everything that is kept of a person, unmasked.
#include "runtime/http/contacts_json.hpp"
#include "runtime/http/handlers/both_lanes.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/inbox_json.hpp"
#include "runtime/http/user_json.hpp"

namespace carillon::http {
namespace {

constexpr std::size_t page_rows = 200;
constexpr std::size_t max_notifications = 5000; // newest; `complete` says whether that was all
constexpr std::size_t max_inbox_items = 5000;

ordered_json content_json(const content& what) {
  ordered_json out{{"title", what.title}, {"body", what.body}, {"data", kept_json(what.data)}};
  for (auto& [on, own] : what.by_channel)
    out[std::string{to_string(on)}] = {
      {"subject", own.subject}, {"title", own.title}, {"body", own.body}, {"text", own.text}, {"html", own.html}};
  return out;
}

ordered_json exported(const notification_view& view) {
  auto out = notification_json(view);
  if (view.n->erased)
    return out;
  out["content"] = content_json(view.n->content);
  out["to"] = ordered_json::object();
  write_contacts(out["to"], view.n->to);
  for (std::size_t i = 0; i < view.deliveries.size(); ++i)
    out["deliveries"][i]["address"] = view.deliveries[i].address;
  return out;
}

/// Gathers page after page; on the request's pool.
class exporter : public std::enable_shared_from_this<exporter> {
public:
  exporter(service& with, request rq, responder respond)
      : with_(with), rq_(std::move(rq)), respond_(std::move(respond)) {}

  void run() {
    with_.engine.control().get_user(rq_.where(), rq_.args[0], then<user_ptr>([](exporter& e, user_ptr& who) {
                                      e.body_ = {{"user", user_json(*who)}};
                                      e.body_.update(preferences_json(*who));
                                      e.body_["notifications"] = ordered_json::array();
                                      e.read_inbox();
                                    }));
  }

private:
  template <class T, class Next>
  std::function<void(result<T>)> here(Next next) {
    return [self = shared_from_this(), next](result<T> got) {
      if (got)
        next(*self, *got);
      else
        self->respond_(std::move(got.error()));
    };
  }
  template <class T, class Next>
  done<T> then(Next next) {
    return on_pool<T>(rq_, here<T>(next));
  }

  void read_inbox() {
    with_.engine.inbox().list(rq_.where(), rq_.args[0], "", {}, max_inbox_items,
                              then<std::vector<inbox_item>>([](exporter& e, std::vector<inbox_item>& items) {
                                e.body_["inbox"] = ordered_json::array();
                                for (auto& item : items)
                                  e.body_["inbox"].push_back(inbox_item_json(item));
                                e.read_page();
                              }));
  }

  void read_page() {
    notification_filter filter;
    filter.space = rq_.where();
    filter.user_id = rq_.args[0];
    filter.limit = page_rows;
    auto ask = [](lane_store& store, notification_filter own, done<notification_page> got) {
      store.list(std::move(own), std::move(got));
    };
    using pages = both_pages<notification_page>;
    read_both<notification_page>(with_, rq_, filter, at_, ask, here<pages>([](exporter& e, pages& got) {
                                   auto [rows, next] = merge(got, e.at_, page_rows);
                                   for (auto& view : rows)
                                     e.body_["notifications"].push_back(exported(view));
                                   e.go_on(next);
                                 }));
  }

  void go_on(const std::optional<lane_cursor>& next) {
    if (next && body_["notifications"].size() < max_notifications) {
      at_ = *next;
      return read_page();
    }
    body_["complete"] = !next;
    respond_(json_answer(body_));
  }

  service& with_;
  request rq_;
  responder respond_;
  lane_cursor at_;
  ordered_json body_;
};

} // namespace

void export_user(service& with, request& rq, responder respond) {
  std::make_shared<exporter>(with, std::move(rq), std::move(respond))->run();
}

} // namespace carillon::http
