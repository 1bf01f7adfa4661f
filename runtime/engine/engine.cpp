#include "runtime/engine/engine.hpp"

#include <future>
#include <set>

#include "actors/messaging.hpp"
#include "runtime/engine/link_key.hpp"
#include "runtime/http/erasure.hpp"
#include "runtime/http/settings_json.hpp"

namespace carillon {
namespace {

constexpr std::chrono::seconds look_patience{2};

/// Waits for a port's answer; for start and stop only, never on a lane's thread.
template <class T, class Call>
result<T> wait_for(Call call) {
  auto promise = std::make_shared<std::promise<result<T>>>();
  auto answer = promise->get_future();
  call([promise](result<T> value) { promise->set_value(std::move(value)); });
  return answer.get();
}

} // namespace

engine::engine(const options& config, const wall_clock& clock)
    : config_(config), clock_(clock), watch_(config, clock_), settings_(std::make_shared<const feature_settings>()) {}

engine::~engine() {
  stop();
}

status_result engine::read_control() {
  auto& control = *stores_.control;
  auto stored = wait_for<versioned_json>([&](auto then) { control.get_setting("notification", then); });
  if (stored) {
    auto understood = parse_settings(*stored);
    if (!understood)
      return understood.error();
    settings_ = std::make_shared<const feature_settings>(std::move(*understood));
  } else if (stored.error().code != errc::not_found) {
    return stored.error();
  }
  using orders = std::vector<std::pair<std::string, breaker_order>>;
  auto standing = wait_for<orders>([&](auto then) { control.breaker_orders(then); });
  if (!standing)
    return standing.error();
  orders_.insert(standing->begin(), standing->end());
  return ok;
}

lane_links engine::links_of(lane l) {
  lane_links links;
  links.link_key = link_key_;
  links.settings = [this] {
    std::scoped_lock guard{mutex_};
    return settings_;
  };
  links.standing_order = [this](const std::string& provider) {
    std::scoped_lock guard{mutex_};
    auto found = orders_.find(provider);
    return found == orders_.end() ? breaker_order::automatic : found->second;
  };
  links.announce = [this](const change& what) { announce(what); };
  if (l == lane::critical)
    links.post_debits = [this](debits_ptr debits) {
      if (auto peers = lane_of(lane::bulk).peers())
        cross(peers->throttle, debit_atom_v, std::move(debits));
    };
  links.escalate = [this](const std::string& reason) {
    watch_.log(log_level::error, "lane.hopeless", {{"reason", reason}});
    if (hopeless_ && !told_hopeless_.exchange(true))
      hopeless_();
  };
  return links;
}

status_result engine::start() {
  auto opened = open_stores(config_, clock_, watch_);
  if (!opened)
    return opened.error();
  stores_ = std::move(*opened);
  auto key = link_key_of(config_.store.folder);
  if (!key)
    return key.error();
  link_key_ = std::move(*key);
  if (auto read = read_control(); !read)
    return read;
  // Both stand before either works: work from before may have news for the other lane.
  for (auto l : {lane::bulk, lane::critical})
    lanes_[static_cast<std::size_t>(l)] = std::make_unique<lane_runtime>(
      l, config_, stores_.of(l), *stores_.control, *stores_.inbox, sandbox_, clock_, watch_, keys_, links_of(l));
  for (auto l : {lane::bulk, lane::critical}) // bulk first: critical posts debits to it
    lane_of(l).start();
  resume_erasures();
  return ok;
}

void engine::resume_erasures() {
  stores_.control->unfinished_erasures([this](result<std::vector<std::pair<space, std::string>>> all) {
    if (!all)
      return watch_.log(log_level::error, "erasures.unknown", {{"detail", all.error().detail}});
    for (auto& [where, user_id] : *all)
      erase_everywhere(*this, where, user_id, [this](status_result done) {
        if (!done)
          watch_.log(log_level::error, "erasure.unfinished", {{"detail", done.error().detail}});
      });
  });
}

void engine::end_actor(lane l, const std::string& name) {
  cross(lane_of(l).keeper(), order_atom_v, name);
}

void engine::drain() {
  draining_ = true;
  for (auto& l : lanes_)
    if (l)
      l->drain();
}

bool engine::quiet(std::chrono::steady_clock::time_point deadline) {
  using views = std::vector<provider_status>;
  while (std::chrono::steady_clock::now() < deadline) {
    auto answer = wait_for<views>([&](auto then) { providers(then); });
    std::size_t calls = 0;
    if (answer)
      for (auto& p : *answer)
        calls += p.critical.in_flight + p.bulk.in_flight;
    if (calls == 0)
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return false;
}

// Actors first: after them nobody calls the stores. Then the stores, whose last
// callbacks meet actors that are gone but systems that still stand. Then those.
void engine::stop() {
  draining_ = true;
  for (auto& l : lanes_)
    if (l)
      l->stop_actors();
  stores_ = {};
  for (auto& l : lanes_)
    l.reset();
}

void engine::submit(intake_ptr what) {
  if (auto peers = lane_of(what->lane).peers())
    return cross(peers->ingest, submit_atom_v, std::move(what));
  fault stopping{errc::shutting_down, "The engine is shutting down.", {}, std::chrono::seconds{5}};
  if (!draining_)
    stopping = {errc::overloaded, "This lane of the engine is starting again.", {}, std::chrono::seconds{1}};
  if (what->explain)
    what->explain(std::move(stopping));
  else
    what->answer(std::move(stopping));
}

void engine::announce(change what) {
  auto news = std::make_shared<const change>(std::move(what));
  for (auto& l : lanes_)
    if (auto peers = l ? l->peers() : nullptr)
      for (auto& shard : peers->preferences)
        cross(shard, changed_atom_v, news);
}

void engine::announce(feature_settings_ptr settings) {
  std::scoped_lock guard{mutex_};
  settings_ = std::move(settings);
}

void engine::wake(lane l, const std::vector<delivery>& queued) {
  std::set<queue_key> queues;
  for (auto& d : queued)
    if (d.status == delivery_status::queued)
      queues.emplace(d.queue, d.space);
  if (auto peers = lane_of(l).peers())
    for (auto& queue : queues)
      cross(peers->dispatcher, ready_atom_v, queue);
}

void engine::providers(done<std::vector<provider_status>> then) {
  struct gathering {
    std::mutex mutex;
    std::map<std::string, provider_status> all;
    int missing = 2;
  };
  auto both = std::make_shared<gathering>();
  for (auto l : all_lanes)
    lane_of(l).look_at_providers(look_patience, [both, l, then](std::vector<provider_view> views) {
      std::scoped_lock guard{both->mutex};
      for (auto& view : views) {
        auto& entry = both->all[view.name];
        (l == lane::critical ? entry.critical : entry.bulk) = view;
      }
      if (--both->missing > 0)
        return;
      std::vector<provider_status> out;
      for (auto& [name, entry] : both->all)
        out.push_back(std::move(entry));
      then(std::move(out));
    });
}

void engine::glance(lane l, done<provider_views_ptr> then) {
  lane_of(l).glance_at_providers([then = std::move(then)](provider_views_ptr views) { then(std::move(views)); });
}

bool engine::order_breaker(const std::string& provider, breaker_order what) {
  if (!config_.providers.contains(provider))
    return false;
  {
    std::scoped_lock guard{mutex_};
    orders_[provider] = what;
  }
  for (auto l : all_lanes)
    if (auto peers = lane_of(l).peers())
      if (auto* to = peers->provider(provider))
        cross(*to, order_atom_v, what);
  return true;
}

std::vector<sandbox_message> engine::sandbox_messages(const space& where, std::size_t limit) {
  return sandbox_.newest(where, limit);
}

readiness engine::ready() {
  readiness out;
  for (auto& problem : stores_.problems())
    out.problems.emplace_back(problem.file, problem.why.detail);
  for (auto l : all_lanes)
    if (auto health = lane_of(l).health(); !health.healthy)
      out.problems.emplace_back("lane " + std::string{to_string(l)}, health.reason);
  if (draining_)
    out.problems.emplace_back("engine", "shutting down");
  out.ready = out.problems.empty();
  return out;
}

void engine::metrics(done<std::string> then) {
  auto take = [this](lane l, const result<backlog_view>& view) {
    if (view)
      watch_.numbers().backlog(l, *view, clock_.now());
  };
  store_of(lane::critical).backlog([this, take, then](result<backlog_view> critical) {
    take(lane::critical, critical);
    store_of(lane::bulk).backlog([this, take, then](result<backlog_view> bulk) {
      take(lane::bulk, bulk);
      then(watch_.numbers().text());
    });
  });
}

} // namespace carillon
