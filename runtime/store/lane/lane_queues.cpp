#include <algorithm>
#include <unordered_set>

#include "runtime/store/lane/lane_reads.hpp"

namespace carillon {
namespace {

constexpr int priorities = 4;
constexpr std::array waiting{delivery_status::scheduled, delivery_status::queued};
constexpr std::array unfinished{delivery_status::scheduled, delivery_status::queued, delivery_status::sending,
                                delivery_status::held};

/// A leading part of the index of unfinished work that has rows.
struct shelf {
  delivery_status status;
  std::int64_t queue;
};

/// Every shelf with rows: one index seek each, whatever lies on it. (A comparison of
/// rows, `(status, queue) > (?1, ?2)`, would look through all that lies between.)
std::vector<shelf> shelves(lane_tables& in) {
  std::vector<shelf> all;
  auto next = in.db.use("SELECT queue FROM delivery WHERE status < 4 AND status = ?1 AND queue > ?2 "
                        "ORDER BY queue LIMIT 1");
  for (auto status : unfinished)
    for (std::int64_t queue = -1; next.with(status, queue).step();) {
      queue = next.integer(0);
      all.push_back({status, queue});
    }
  return all;
}

/// Ready rows of one shelf and priority in the order they must start.
class ready_rows {
public:
  ready_rows(statement rows) : rows_(std::move(rows)) { advance(); }

  bool any() const { return any_; }
  row_key key() const { return key_; }
  /// When it became ready: its due time, else its acceptance.
  sys_time at() const { return due_ != 0 ? sys_time{duration{due_}} : time_of(key_); }
  void advance() {
    any_ = rows_.step();
    if (!any_)
      return;
    key_ = rows_.integer(0);
    due_ = rows_.integer(1);
  }

private:
  statement rows_;
  bool any_ = false;
  row_key key_ = 0;
  std::int64_t due_ = 0;
};

/// Rows whose wait was counted from an instant that has not come: the clock was set
/// back since. Only waits are; what a sender or quiet hours have set for an hour of
/// the day stays there.
ready_rows set_back_rows(lane_tables& in, delivery_status status, std::int64_t queue, int level, sys_time now) {
  auto rows = in.db.use("SELECT key, due FROM delivery WHERE status < 4 AND status = ?1 AND queue = ?2 "
                        "AND priority = ?3 AND due > ?4 AND due < ?5 AND changed_at > ?4 "
                        "AND (status = 1 OR place = due) ORDER BY due, key");
  rows.with(status, queue, level, now, due_never);
  return ready_rows{std::move(rows)};
}

/// The file was written at an instant that has not come by the clock that shows
/// `now`; see lane_upkeep. Until it comes, waits have to be looked through.
bool was_set_back(lane_tables& in, sys_time now) {
  auto row = in.db.use("SELECT value FROM meta WHERE name = 'written_at'");
  return row.with().step() && row.time(0) > now + std::chrono::seconds{1};
}

std::vector<ready_rows> ready_of(lane_tables& in, std::int64_t queue, int level, sys_time now, bool set_back) {
  std::vector<ready_rows> sources;
  for (auto status : waiting) {
    auto at_once = in.db.use("SELECT key, due FROM delivery WHERE status < 4 AND status = ?1 AND queue = ?2 "
                             "AND priority = ?3 AND due = 0 ORDER BY key");
    at_once.with(status, queue, level);
    sources.emplace_back(std::move(at_once));
    auto by_time = in.db.use("SELECT key, due FROM delivery WHERE status < 4 AND status = ?1 AND queue = ?2 "
                             "AND priority = ?3 AND due > 0 AND due <= ?4 ORDER BY due, key");
    by_time.with(status, queue, level, now);
    sources.emplace_back(std::move(by_time));
    if (set_back)
      sources.push_back(set_back_rows(in, status, queue, level, now));
  }
  return sources;
}

/// The source whose row has waited longest; null when all are empty. Rows with
/// and without a due time take turns by time, so that neither starves the other.
ready_rows* oldest_of(std::vector<ready_rows>& sources) {
  ready_rows* best = nullptr;
  for (auto& source : sources) {
    if (!source.any())
      continue;
    if (best == nullptr || std::pair{source.at(), source.key()} < std::pair{best->at(), best->key()})
      best = &source;
  }
  return best;
}

/// Earliest due time after `from`; nullopt: none.
std::optional<sys_time> next_due(lane_tables& in, const shelf& at, int level) {
  auto row = in.db.use("SELECT due FROM delivery WHERE status < 4 AND status = ?1 AND queue = ?2 AND priority = ?3 "
                       "AND due > 0 AND due < ?4 ORDER BY due LIMIT 1");
  if (!row.with(at.status, at.queue, level, due_never).step())
    return std::nullopt;
  return row.time(0);
}

/// The oldest row that is ready without a due time; 0: none.
row_key first_ready(lane_tables& in, const shelf& at, int level) {
  auto row = in.db.use("SELECT key FROM delivery WHERE status < 4 AND status = ?1 AND queue = ?2 AND priority = ?3 "
                       "AND due = 0 ORDER BY key LIMIT 1");
  return row.with(at.status, at.queue, level).step() ? row.integer(0) : 0;
}

template <class T>
void keep_earlier(std::optional<T>& held, const std::optional<T>& other) {
  if (other && (!held || *other < *held))
    held = other;
}

bool waits(const shelf& at) {
  return at.status == delivery_status::queued || at.status == delivery_status::scheduled;
}

void look_at(lane_tables& in, const shelf& at, sys_time now, bool set_back, queue_state& state) {
  if (!waits(at))
    return;
  for (int level = 0; level < priorities; ++level) {
    state.ready = state.ready || first_ready(in, at, level) != 0
                  || (set_back && set_back_rows(in, at.status, at.queue, level, now).any());
    keep_earlier(state.next_due, next_due(in, at, level));
  }
}

} // namespace

pull_result pull(lane_tables& in, const pull_request& what) {
  snapshot still{in.db};
  auto queue = in.names.find_queue(what.queue, what.space);
  if (!queue)
    return {};
  std::unordered_set<row_key> except(what.except.begin(), what.except.end());
  pull_result out;
  std::vector<row_key> keys;
  const auto set_back = was_set_back(in, what.now);
  for (int level = 0; level < priorities && !out.more; ++level) {
    auto sources = ready_of(in, *queue, level, what.now, set_back);
    while (auto* next = oldest_of(sources)) {
      if (!except.contains(next->key())) {
        out.more = keys.size() == what.limit;
        if (out.more)
          break;
        keys.push_back(next->key());
      }
      next->advance();
    }
  }
  out.rows = load_all(in, keys);
  return out;
}

std::vector<pulled> in_flight(lane_tables& in, const std::string& provider, row_key after, std::size_t limit) {
  snapshot still{in.db};
  std::vector<row_key> keys;
  auto queues = in.db.use("SELECT id FROM queue WHERE name = ?1");
  queues.with(provider);
  while (queues.step()) {
    auto rows = in.db.use("SELECT key FROM delivery WHERE status < 4 AND status = 2 AND queue = ?1 AND key > ?2 "
                          "ORDER BY key LIMIT ?3");
    rows.with(queues.integer(0), after, limit);
    while (rows.step())
      keys.push_back(rows.integer(0));
  }
  std::sort(keys.begin(), keys.end());
  if (keys.size() > limit)
    keys.resize(limit);
  return load_all(in, keys);
}

std::vector<queue_state> queue_states(lane_tables& in, sys_time now) {
  snapshot still{in.db};
  const auto set_back = was_set_back(in, now);
  std::map<std::int64_t, queue_state> found;
  for (auto& at : shelves(in)) {
    auto& name = in.names.queue_of(at.queue);
    auto& state = found.try_emplace(at.queue, queue_state{name.name, name.space, false, {}}).first->second;
    look_at(in, at, now, set_back, state);
  }
  std::vector<queue_state> all;
  all.reserve(found.size());
  for (auto& [id, state] : found)
    all.push_back(std::move(state));
  return all;
}

std::vector<due_entry> due_between(lane_tables& in, sys_time from, sys_time until, std::size_t limit) {
  snapshot still{in.db};
  std::vector<due_entry> all;
  for (auto& at : shelves(in)) {
    if (!waits(at))
      continue;
    auto& name = in.names.queue_of(at.queue);
    for (int level = 0; level < priorities; ++level) {
      auto rows = in.db.use("SELECT DISTINCT due FROM delivery WHERE status < 4 AND status = ?1 AND queue = ?2 "
                            "AND priority = ?3 AND due > max(?4, 0) AND due <= ?5 ORDER BY due LIMIT ?6");
      rows.with(at.status, at.queue, level, from, until, limit);
      while (rows.step())
        all.push_back({name.name, name.space, sys_time{duration{rows.integer(0)}}});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.due < b.due; });
  if (all.size() > limit)
    all.resize(limit);
  return all;
}

std::vector<row_key> reserved_places(lane_tables& in, sys_time from, std::size_t most) {
  std::vector<row_key> keys;
  auto rows =
    in.db.use("SELECT key FROM delivery WHERE status = 0 AND place = due AND due >= ?1 ORDER BY due LIMIT ?2");
  rows.with(from, most);
  while (rows.step())
    keys.push_back(rows.integer(0));
  return keys;
}

std::vector<pulled> expired_held(lane_tables& in, sys_time now, std::size_t limit) {
  snapshot still{in.db};
  std::vector<row_key> keys;
  for (auto& at : shelves(in)) {
    if (at.status != delivery_status::held)
      continue;
    for (int level = 0; level < priorities && keys.size() < limit; ++level) {
      auto rows = in.db.use("SELECT key FROM delivery WHERE status < 4 AND status = 3 AND queue = ?1 AND priority = ?2 "
                            "AND due <= ?3 ORDER BY due LIMIT ?4");
      rows.with(at.queue, level, now, limit - keys.size());
      while (rows.step())
        keys.push_back(rows.integer(0));
    }
  }
  return load_all(in, keys);
}

backlog_view backlog(lane_tables& in) {
  snapshot still{in.db};
  backlog_view view;
  auto counts = in.db.use("SELECT status, count(*) FROM delivery WHERE status < 4 GROUP BY status");
  while (counts.step())
    view.by_status.emplace_back(static_cast<delivery_status>(counts.integer(0)),
                                static_cast<std::size_t>(counts.integer(1)));
  auto dead = in.db.use("SELECT count(*) FROM delivery WHERE status = 11");
  if (dead.step() && dead.integer(0) > 0)
    view.by_status.emplace_back(delivery_status::dead_lettered, static_cast<std::size_t>(dead.integer(0)));
  for (auto& at : shelves(in))
    for (int level = 0; waits(at) && level < priorities; ++level)
      if (auto key = first_ready(in, at, level))
        keep_earlier(view.oldest_pending, std::optional{time_of(key)});
  return view;
}

} // namespace carillon
