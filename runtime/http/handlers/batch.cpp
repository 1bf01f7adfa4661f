// POST /v1/notifications/batch: every item stands alone. Items pass the door one
// by one, a few of one batch at a time, so that a batch takes no more of the lane
// than as many single requests would, and its items wait here instead of in line.
// An item whose key another one under way has waits for that one's answer, so that
// it is a repeat like any other, and not a race.
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/handlers/send.hpp"
#include "runtime/http/problem.hpp"
#include "runtime/http/submission.hpp"

namespace carillon::http {
namespace {

constexpr std::size_t items_at_once = 32;

/// One batch from its first item to its answer; touched on its pool's thread only.
class batch : public std::enable_shared_from_this<batch> {
public:
  batch(service& with, const request& rq, std::vector<result<intake_ptr>> items, responder respond)
      : with_(with),
        pool_(rq.pool),
        deadline_(accept_deadline(with, rq)),
        items_(std::move(items)),
        results_(items_.size()),
        respond_(std::move(respond)) {}

  void run() {
    while (next_ < items_.size() && under_way_ < items_at_once)
      begin(next_++);
    if (under_way_ == 0)
      answer_all();
  }

private:
  void begin(std::size_t index) {
    auto& item = items_[index];
    if (!item)
      return keep(index, std::move(item.error()));
    auto key = (*item)->claim ? (*item)->claim->key : std::string{}; // a key has a byte at least
    if (!key.empty()) {
      auto [same, first] = repeats_.try_emplace(key);
      if (!first)
        return same->second.push_back(index);
    }
    hand_over(index, std::move(key));
  }
  void hand_over(std::size_t index, std::string key) {
    ++under_way_;
    submit(with_, std::move(*items_[index]), deadline_,
           [self = shared_from_this(), index, key = std::move(key)](result<receipt> got) mutable {
             // The item's lane may be the other one: back to the pool of the request.
             self->pool_->post([self, index, key = std::move(key), got = std::move(got)]() mutable {
               --self->under_way_;
               self->keep(index, std::move(got));
               self->begin_repeat(key);
               self->run();
             });
           });
  }
  /// The next item with that key, in the order of the batch, if there is one.
  void begin_repeat(const std::string& key) {
    auto same = repeats_.find(key);
    if (same == repeats_.end())
      return;
    if (same->second.empty()) {
      repeats_.erase(same);
      return;
    }
    auto next = same->second.front();
    same->second.pop_front();
    hand_over(next, key);
  }
  void keep(std::size_t index, result<receipt> got) {
    if (!got)
      with_.engine.watch().rejected(code_of(got.error().code));
    results_[index] = std::move(got);
  }
  void answer_all() {
    ordered_json rows = ordered_json::array();
    std::size_t taken = 0;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      auto& got = *results_[i];
      taken += got ? 1 : 0;
      if (got)
        rows.push_back({{"index", i}, {"id", to_string(got->id)}, {"lane", to_string(got->lane)}});
      else
        rows.push_back({{"index", i}, {"error", problem_members(got.error())}});
    }
    ordered_json body{{"accepted", taken}, {"rejected", results_.size() - taken}, {"results", std::move(rows)}};
    respond_(json_answer(body, 202));
  }

  service& with_;
  std::shared_ptr<inlet> pool_;
  door::instant deadline_;
  std::vector<result<intake_ptr>> items_;
  std::vector<std::optional<result<receipt>>> results_;
  responder respond_;
  std::unordered_map<std::string, std::deque<std::size_t>> repeats_; ///< by key under way: who waits for it
  std::size_t next_ = 0, under_way_ = 0;
};

fault wrong_size(std::size_t items) {
  auto detail = "has " + std::to_string(items) + " items; 1 to " + std::to_string(bounds::batch_items) + " are taken";
  return invalid({{"", items == 0 ? "range" : "too_many", detail}});
}

using item_list = std::vector<result<json>>;

/// A line of NDJSON that cannot be read is an item that is refused; empty lines are skipped.
item_list split_lines(std::string_view body) {
  item_list out;
  while (!body.empty() && out.size() <= bounds::batch_items) {
    auto end = std::min(body.find('\n'), body.size());
    auto line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos)
      out.push_back(parse_json(line));
  }
  return out;
}

result<item_list> split_array(std::string_view body) {
  auto document = parse_json(body);
  if (!document)
    return std::move(document.error());
  if (!document->is_array())
    return invalid({{"", "type", "must be an array of notifications"}});
  if (document->size() > bounds::batch_items)
    return wrong_size(document->size());
  item_list out;
  out.reserve(document->size());
  for (auto& item : *document)
    out.emplace_back(std::move(item));
  return out;
}

} // namespace

void post_batch(service& with, request& rq, responder respond) {
  bool lines = !rq.content_type.empty() && rq.content_type != "application/json";
  auto list = lines ? result<item_list>{split_lines(rq.body)} : split_array(rq.body);
  if (!list)
    return respond(std::move(list.error()));
  if (list->empty() || list->size() > bounds::batch_items)
    return respond(wrong_size(list->size()));
  if (rq.idempotency_key)
    return respond(fault{errc::bad_header, "A batch takes no Idempotency-Key; each item has its own idempotency_key."});
  std::vector<result<intake_ptr>> items;
  items.reserve(list->size());
  for (auto& item : *list)
    items.push_back(item ? make_intake(with, rq, *item, {}) : result<intake_ptr>{std::move(item.error())});
  std::make_shared<batch>(with, rq, std::move(items), std::move(respond))->run();
}

} // namespace carillon::http
