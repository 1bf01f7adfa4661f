// GET /v1/users/{id}/export: everything that is kept of a person, unmasked, also
// of somebody who was never stored and is known from requests alone.
#include <set>

#include "runtime/http/contacts_json.hpp"
#include "runtime/http/handlers/both_lanes.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/inbox_json.hpp"
#include "runtime/http/suppression_json.hpp"
#include "runtime/http/user_json.hpp"

namespace carillon::http {
namespace {

constexpr std::size_t page_rows = 200;
constexpr std::size_t max_notifications = 5000; // newest; `complete` says whether that was all
constexpr std::size_t max_inbox_items = 5000;
constexpr std::size_t max_addresses = 1000; // whose suppressions are looked up

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
    with_.engine.control().get_user(
      rq_.where(), rq_.args[0], on_pool<user_ptr>(rq_, [self = shared_from_this()](result<user_ptr> found) {
        if (!found && found.error().code != errc::not_found)
          return self->respond_(std::move(found.error()));
        if (!found)
          self->not_stored_ = std::move(found.error());
        self->begin(found ? **found : user{}, found ? user_json(**found) : ordered_json(nullptr));
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

  void begin(const user& who, ordered_json profile) {
    body_ = {{"user", std::move(profile)}};
    body_.update(preferences_json(who));
    body_["notifications"] = ordered_json::array();
    note_addresses(who.contacts);
    read_inbox();
  }

  void note_addresses(const contacts& where) {
    for (auto on : all_channels)
      if (on != channel::in_app) // has no addresses of its own
        for (auto& address : addresses_of(where, on, rq_.args[0]))
          note_address(on, address);
  }
  void note_address(channel on, const std::string& address) {
    if (address.empty() || on == channel::in_app)
      return;
    if (addresses_.size() < max_addresses)
      addresses_.emplace(on, address);
    else if (!addresses_.contains({on, address}))
      complete_ = false;
  }

  void read_inbox() {
    with_.engine.inbox().list(rq_.where(), rq_.args[0], "", {}, max_inbox_items,
                              then<std::vector<inbox_item>>([](exporter& e, std::vector<inbox_item>& items) {
                                e.body_["inbox"] = ordered_json::array();
                                for (auto& item : items)
                                  e.body_["inbox"].push_back(inbox_item_json(item));
                                e.complete_ = e.complete_ && items.size() < max_inbox_items;
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
                                     e.add(view);
                                   e.go_on(next);
                                 }));
  }

  void add(const notification_view& view) {
    known_ = known_ || !view.n->erased; // what is left of an erased person is nobody's
    body_["notifications"].push_back(exported(view));
    note_addresses(view.n->to);
    for (auto& d : view.deliveries)
      note_address(d.channel, d.address);
  }

  void go_on(const std::optional<lane_cursor>& next) {
    if (next && body_["notifications"].size() < max_notifications) {
      at_ = *next;
      return read_page();
    }
    complete_ = complete_ && !next;
    if (not_stored_ && !known_ && body_["inbox"].empty())
      return respond_(std::move(*not_stored_));
    read_suppressions();
  }

  void read_suppressions() {
    with_.engine.control().suppressions_of(
      rq_.where(), {addresses_.begin(), addresses_.end()},
      then<std::vector<suppression>>([](exporter& e, std::vector<suppression>& found) {
        e.body_["suppressions"] = ordered_json::array();
        for (auto& entry : found)
          e.body_["suppressions"].push_back(suppression_json(entry));
        e.body_["complete"] = e.complete_;
        e.respond_(json_answer(e.body_));
      }));
  }

  service& with_;
  request rq_;
  responder respond_;
  lane_cursor at_;
  std::optional<fault> not_stored_;
  std::set<std::pair<channel, std::string>> addresses_;
  bool known_ = false; ///< by a notification
  bool complete_ = true;
  ordered_json body_;
};

} // namespace

void export_user(service& with, request& rq, responder respond) {
  std::make_shared<exporter>(with, std::move(rq), std::move(respond))->run();
}

} // namespace carillon::http
