// Reads of the lane model, for the engine and for doors.
#include <algorithm>
#include <limits>

#include "messages/transitions.hpp"
#include "tests/sim/model/lane_model.hpp"

namespace carillon::sim {
namespace {

constexpr auto attempts_reach_back = std::chrono::hours{1};
constexpr auto no_cursor = std::numeric_limits<row_key>::max();

bool waits(const delivery& d) {
  return (d.status == delivery_status::queued || d.status == delivery_status::scheduled) && !d.standby;
}

/// Whose slot it holds or waits for.
const std::string& filed_under(const delivery& d) {
  return d.status == delivery_status::sending && !d.attempts.empty() ? d.attempts.back().provider : d.queue;
}

/// The place of a ready row: by priority, then by how long it has been ready.
auto rank(const delivery& d) {
  return std::tuple{d.priority, d.due.value_or(time_of(d.key)), d.key};
}

bool last_attempt_matches(const dead_letter_filter& what, const delivery& d) {
  if (what.provider.empty() && what.code.empty())
    return true;
  return !d.attempts.empty() && (what.provider.empty() || d.attempts.back().provider == what.provider)
         && (what.code.empty() || d.attempts.back().code == what.code);
}

bool matches(const dead_letter_filter& what, const delivery& d) {
  auto named = std::any_of(what.ids.begin(), what.ids.end(), [&](auto& id) { return key_of(id) == d.key; });
  auto at = d.history.back().at;
  return d.status == delivery_status::dead_lettered && d.space == what.space && (what.ids.empty() || named)
         && (what.type.empty() || d.type == what.type) && (what.user_id.empty() || d.user_id == what.user_id)
         && (!what.channel || d.channel == *what.channel) && (!what.since || at >= *what.since)
         && (!what.until || at < *what.until) && last_attempt_matches(what, d);
}

bool matches(const notification_filter& what, const notification_view& view) {
  auto& n = *view.n;
  auto on_channel = [&](const delivery& d) { return !what.channel || d.channel == *what.channel; };
  return n.space == what.space && (what.user_id.empty() || n.user_id == what.user_id)
         && (what.type.empty() || n.type == what.type)
         && (!what.channel || std::any_of(view.deliveries.begin(), view.deliveries.end(), on_channel))
         && (what.status.empty() || notification_status(view.deliveries) == what.status);
}

} // namespace

const delivery* lane_model::row(row_key key) const {
  auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : &found->second;
}

pull_result lane_model::pull(const pull_request& what) const {
  std::vector<const delivery*> ready;
  for (auto key : unfinished_) {
    auto& d = rows_.at(key);
    auto in_hand = std::find(what.except.begin(), what.except.end(), key) != what.except.end();
    if (waits(d) && d.queue == what.queue && d.space == what.space && (!d.due || *d.due <= what.now) && !in_hand)
      ready.push_back(&d);
  }
  std::sort(ready.begin(), ready.end(), [](auto* a, auto* b) { return rank(*a) < rank(*b); });
  pull_result out;
  out.more = ready.size() > what.limit;
  ready.resize(std::min(ready.size(), what.limit));
  for (auto* d : ready)
    out.rows.push_back(loaded(d->key));
  return out;
}

std::vector<pulled> lane_model::in_flight(const std::string& provider, row_key after, std::size_t limit) const {
  std::vector<pulled> all;
  for (auto key = unfinished_.upper_bound(after); key != unfinished_.end() && all.size() < limit; ++key) {
    auto& d = rows_.at(*key);
    if (d.status == delivery_status::sending && filed_under(d) == provider)
      all.push_back(loaded(*key));
  }
  return all;
}

std::vector<queue_state> lane_model::queues() const {
  std::map<std::pair<std::string, space>, queue_state> all;
  for (auto key : unfinished_) {
    auto& d = rows_.at(key);
    auto& state = all[{filed_under(d), d.space}];
    state.queue = filed_under(d);
    state.space = d.space;
    if (!waits(d))
      continue;
    if (!d.due)
      state.ready = true;
    else if (!state.next_due || *d.due < *state.next_due)
      state.next_due = d.due;
  }
  std::vector<queue_state> out;
  for (auto& [name, state] : all)
    out.push_back(state);
  return out;
}

std::vector<due_entry> lane_model::due_between(sys_time from, sys_time until, std::size_t limit) const {
  std::set<std::tuple<sys_time, std::string, space>> found;
  for (auto key : unfinished_)
    if (auto& d = rows_.at(key); waits(d) && d.due && *d.due > from && *d.due <= until)
      found.emplace(*d.due, d.queue, d.space);
  std::vector<due_entry> all;
  for (auto& [due, queue, where] : found)
    if (all.size() < limit)
      all.push_back({queue, where, due});
  return all;
}

std::vector<delivery> lane_model::recent_attempts(sys_time since, sys_time now) const {
  auto reach = first_key_at(since - attempts_reach_back);
  std::vector<delivery> all;
  for (auto& [key, d] : rows_) {
    auto recent = key >= reach && !d.attempts.empty() && d.attempts.back().started_at >= since;
    auto on_wire = key < reach && d.status == delivery_status::sending;
    auto reserved = d.status == delivery_status::scheduled && d.place && d.place == d.due && *d.due >= now;
    if (recent || on_wire || reserved)
      all.push_back(d);
  }
  return all;
}

std::vector<pulled> lane_model::expired_held(sys_time now, std::size_t limit) const {
  std::vector<pulled> all;
  for (auto key : unfinished_)
    if (auto& d = rows_.at(key); d.status == delivery_status::held && d.expires_at && *d.expires_at <= now)
      if (all.size() < limit)
        all.push_back(loaded(key));
  return all;
}

notification_ptr lane_model::known(const space& where, const uuid& id) const {
  auto found = notifications_.find(key_of(id));
  return found != notifications_.end() && found->second->id == id && found->second->space == where ? found->second
                                                                                                   : nullptr;
}

result<notification_view> lane_model::find(const space& where, const uuid& id) const {
  if (auto n = known(where, id))
    return notification_view{n, deliveries_of(*n)};
  return fault{errc::not_found, "There is no notification with this id."};
}

notification_page lane_model::list(const notification_filter& what) const {
  auto below = what.before.value_or(no_cursor);
  if (what.until)
    below = std::min(below, first_key_at(*what.until));
  auto above = what.since ? first_key_at(*what.since) - 1 : row_key{0};
  notification_page page;
  row_key last = 0;
  for (auto n = notifications_.rbegin(); n != notifications_.rend() && n->first > above; ++n) {
    if (n->first >= below)
      continue;
    notification_view view{n->second, deliveries_of(*n->second)};
    if (matches(what, view)) {
      if (page.data.size() == what.limit) {
        page.next = last;
        break;
      }
      page.data.push_back(std::move(view));
    }
    last = n->first;
  }
  return page;
}

dead_letter_page lane_model::dead_letters(const dead_letter_filter& what) const {
  dead_letter_page page;
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
    if (!matches(what, row->second))
      continue;
    ++page.matched;
    if (row->first >= what.before.value_or(no_cursor))
      continue;
    if (page.data.size() < what.limit)
      page.data.push_back(loaded(row->first));
    else if (!page.next && !page.data.empty())
      page.next = page.data.back().d.key;
  }
  return page;
}

backlog_view lane_model::backlog() const {
  std::map<delivery_status, std::size_t> counts;
  backlog_view view;
  for (auto& [key, d] : rows_) {
    if (is_unfinished(d.status) || d.status == delivery_status::dead_lettered)
      ++counts[d.status];
    if (waits(d) && !d.due && (!view.oldest_pending || time_of(key) < *view.oldest_pending))
      view.oldest_pending = time_of(key);
  }
  view.by_status.assign(counts.begin(), counts.end());
  return view;
}

row_key lane_model::newest_key() const {
  auto n = notifications_.empty() ? 0 : notifications_.rbegin()->first;
  return rows_.empty() ? n : std::max(n, rows_.rbegin()->first);
}

} // namespace carillon::sim
