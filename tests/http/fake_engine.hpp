// An engine whose stores are maps, so that the HTTP door can be tested alone.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

#include "actors/policy/choice.hpp"
#include "runtime/http/engine_port.hpp"
#include "runtime/http/keys.hpp"

namespace carillon::test {

inline fault nothing_here() {
  return {errc::not_found, "nothing of that id"};
}
inline fault unused() {
  return {errc::internal_error, "the fake engine has no such call"};
}

class fake_clock final : public wall_clock {
public:
  sys_time now() const override { return at; }
  sys_time at = std::chrono::sys_days{std::chrono::year{2025} / 6 / 1} + std::chrono::hours{12};
};

class fake_telemetry final : public telemetry {
public:
  void log(log_level, std::string_view event, log_fields fields) override {
    std::scoped_lock guard{mutex};
    logged.emplace_back(event, std::move(fields));
  }
  void accepted(lane, std::string_view, duration) override {}
  void rejected(std::string_view reason) override {
    std::scoped_lock guard{mutex};
    rejections.emplace_back(reason);
  }
  void delivery_reached(lane, channel, delivery_status) override {}
  void attempted(lane, std::string_view, outcome, duration) override {}
  void sent_after(lane, channel, duration) override {}
  void throttled(lane, std::string_view) override {}
  void suppressed(channel, std::string_view) override {}
  void retried(lane, channel) override {}
  void breaker(lane, std::string_view, breaker_state) override {}
  void actor_restarted(lane, std::string_view) override {}
  void window(lane, std::size_t) override {}
  void mailbox(lane, std::string_view, std::size_t) override {}
  void preference_cache(bool) override {}

  std::mutex mutex;
  std::vector<std::pair<std::string, log_fields>> logged;
  std::vector<std::string> rejections;
};

/// Finished notifications by id; cancels and redrives what it is told to.
class fake_lane_store final : public lane_store {
public:
  void accept(acceptance, done<receipt> then) override { then(unused()); }
  void start(std::vector<attempt_start>, done<std::vector<row_key>> then) override { then(unused()); }
  void update(delivery_update, done<update_result> then) override { then(unused()); }
  void cancel(space where, uuid id, sys_time now, done<notification_view> then) override {
    std::scoped_lock guard{mutex};
    auto* found = at(where, id);
    if (!found)
      return then(nothing_here());
    bool any = false;
    for (auto& d : found->deliveries)
      if (d.status == delivery_status::queued || d.status == delivery_status::scheduled) {
        move_to(d, delivery_status::cancelled, now);
        any = true;
      }
    any ? then(*found) : then(fault{errc::nothing_to_cancel, "all of it has ended"});
  }
  void resolve(space where, uuid id, uuid delivery_id, delivery_status to, decision why, sys_time now,
               done<delivery> then) override {
    std::scoped_lock guard{mutex};
    auto* found = at(where, id);
    if (found)
      for (auto& d : found->deliveries)
        if (d.id == delivery_id) {
          if (d.status != delivery_status::held)
            return then(fault{errc::not_held, "it is not held"});
          move_to(d, to, now, std::move(why));
          return then(d);
        }
    then(nothing_here());
  }
  void engage(space where, uuid id, std::optional<uuid> delivery_id, engagement what, sys_time,
              done<ok_t> then) override {
    std::scoped_lock guard{mutex};
    auto* found = at(where, id);
    if (!found)
      return then(nothing_here());
    for (auto& d : found->deliveries)
      if (!delivery_id || d.id == *delivery_id)
        d.engagement = what;
    then(ok);
  }
  void redrive(std::vector<row_key> keys, decision, sys_time, done<std::vector<delivery>> then) override {
    std::scoped_lock guard{mutex};
    std::vector<delivery> out;
    for (auto key : keys)
      for (auto& p : dead)
        if (p.d.key == key) {
          out.push_back(p.d);
          redriven.push_back(key);
        }
    std::erase_if(dead, [&](auto& p) { return std::find(keys.begin(), keys.end(), p.d.key) != keys.end(); });
    then(out);
  }
  void erase(space, std::string user_id, done<ok_t> then) override {
    std::scoped_lock guard{mutex};
    erased.push_back(user_id);
    then(ok);
  }
  void barrier(done<ok_t> then) override { then(ok); }
  void pull(pull_request, done<pull_result> then) override { then(unused()); }
  void in_flight(std::string, row_key, std::size_t, done<std::vector<pulled>> then) override { then(unused()); }
  void queues(done<std::vector<queue_state>> then) override { then(unused()); }
  void due_between(sys_time, sys_time, std::size_t, done<std::vector<due_entry>> then) override { then(unused()); }
  void recent_attempts(sys_time, done<std::vector<delivery>> then) override { then(unused()); }
  void expired_held(sys_time, std::size_t, done<std::vector<pulled>> then) override { then(unused()); }
  void find(space where, uuid id, done<notification_view> then) override {
    std::scoped_lock guard{mutex};
    auto* found = at(where, id);
    found ? then(*found) : then(nothing_here());
  }
  void list(notification_filter what, done<notification_page> then) override {
    std::scoped_lock guard{mutex};
    notification_page page;
    for (auto it = rows.rbegin(); it != rows.rend(); ++it) {
      auto& n = *it->second.n;
      if (n.space != what.space || (what.before && n.key >= *what.before)
          || (!what.user_id.empty() && n.user_id != what.user_id))
        continue;
      if (page.data.size() == what.limit) {
        page.next = page.data.back().n->key;
        break;
      }
      page.data.push_back(it->second);
    }
    then(page);
  }
  void dead_letters(dead_letter_filter what, done<dead_letter_page> then) override {
    std::scoped_lock guard{mutex};
    dead_letter_page page;
    for (auto it = dead.rbegin(); it != dead.rend(); ++it) {
      if (it->d.space != what.space || (!what.type.empty() && it->d.type != what.type))
        continue;
      ++page.matched;
      if (what.before && it->d.key >= *what.before)
        continue;
      if (page.data.size() < what.limit)
        page.data.push_back(*it);
      else if (!page.next)
        page.next = page.data.back().d.key;
    }
    then(page);
  }
  void backlog(done<backlog_view> then) override { then(unused()); }
  row_key newest_key() const override { return 0; }

  void add(notification_view what) {
    std::scoped_lock guard{mutex};
    rows[what.n->key] = std::move(what);
  }
  notification_view* at(const space& where, const uuid& id) {
    auto found = rows.find(key_of(id));
    return found == rows.end() || found->second.n->space != where ? nullptr : &found->second;
  }

  std::recursive_mutex mutex; ///< callbacks run under it and may come back
  std::map<row_key, notification_view> rows;
  std::vector<pulled> dead; ///< ascending by key
  std::vector<row_key> redriven;
  std::vector<std::string> erased;
};

class fake_control_store final : public control_store {
public:
  using user_key = std::pair<space, std::string>;

  void find_person(space, std::string, std::vector<std::pair<channel, std::string>>, done<person> then) override {
    then(unused());
  }
  void get_user(space where, std::string id, done<user_ptr> then) override {
    std::scoped_lock guard{mutex};
    auto found = users.find({where, id});
    found == users.end() ? then(nothing_here()) : then(std::make_shared<const user>(found->second));
  }
  void put_user(user what, user_part part, std::optional<std::uint64_t> if_match, done<user_ptr> then) override {
    std::scoped_lock guard{mutex};
    auto& kept = users[{what.space, what.id}];
    auto& version = part == user_part::preferences ? kept.preferences_version : kept.version;
    if (if_match && *if_match != version) {
      if (kept.id.empty())
        users.erase({what.space, what.id});
      return then(fault{errc::version_mismatch, "another version stands"});
    }
    auto before = kept;
    kept = what;
    kept.version = before.version + (part != user_part::preferences);
    kept.preferences_version = before.preferences_version + (part != user_part::profile);
    if (part == user_part::preferences) {
      kept.contacts = before.contacts;
      kept.time_zone = before.time_zone;
      kept.locale = before.locale;
      kept.attributes = before.attributes;
    } else if (part == user_part::profile) {
      kept.rules = before.rules;
      kept.quiet_hours = before.quiet_hours;
      kept.digest = before.digest;
    }
    then(std::make_shared<const user>(kept));
  }
  void erase_user(space where, std::string id, sys_time, done<ok_t> then) override {
    std::scoped_lock guard{mutex};
    users.erase({where, id}) ? then(ok) : then(nothing_here());
  }
  void unfinished_erasures(done<std::vector<std::pair<space, std::string>>> then) override { then(unused()); }
  void finish_erasure(space, std::string id, done<ok_t> then) override {
    std::scoped_lock guard{mutex};
    finished_erasures.push_back(id);
    then(ok);
  }
  void add_suppression(suppression what, done<suppression> then) override {
    std::scoped_lock guard{mutex};
    suppressions.push_back(what);
    then(what);
  }
  void remove_suppression(space where, std::string id, done<suppression> then) override {
    std::scoped_lock guard{mutex};
    for (auto it = suppressions.begin(); it != suppressions.end(); ++it)
      if (it->id == id && it->space == where) {
        auto gone = *it;
        suppressions.erase(it);
        return then(gone);
      }
    then(nothing_here());
  }
  void list_suppressions(space where, std::optional<channel> on, std::string after, std::size_t limit,
                         done<std::vector<suppression>> then) override {
    std::scoped_lock guard{mutex};
    std::vector<suppression> out;
    for (auto& s : suppressions)
      if (s.space == where && (!on || s.channel == *on) && s.id > after && out.size() < limit)
        out.push_back(s);
    then(out);
  }
  void add_key(api_key what, done<api_key> then) override {
    std::scoped_lock guard{mutex};
    keys.push_back(what);
    then(what);
  }
  void revoke_key(std::string tenant, std::string id, done<ok_t> then) override {
    std::scoped_lock guard{mutex};
    for (auto& k : keys)
      if (k.id == id && k.space.tenant == tenant) {
        k.revoked = true;
        return then(ok);
      }
    then(nothing_here());
  }
  void list_keys(std::string tenant, done<std::vector<api_key>> then) override {
    std::scoped_lock guard{mutex};
    std::vector<api_key> out;
    for (auto& k : keys)
      if (tenant.empty() || k.space.tenant == tenant)
        out.push_back(k);
    then(out);
  }
  void get_setting(std::string feature, done<versioned_json> then) override {
    std::scoped_lock guard{mutex};
    auto found = settings.find(feature);
    found == settings.end() ? then(nothing_here()) : then(found->second);
  }
  void put_setting(std::string feature, std::string config, bool enabled, std::optional<std::uint64_t> if_match,
                   done<versioned_json> then) override {
    std::scoped_lock guard{mutex};
    auto& kept = settings[feature];
    if (if_match && *if_match != kept.version)
      return then(fault{errc::version_mismatch, "another version stands"});
    kept = {config, enabled, kept.version + 1};
    then(kept);
  }
  void breaker_orders(done<std::vector<std::pair<std::string, breaker_order>>> then) override { then(unused()); }
  void put_breaker_order(std::string provider, breaker_order order, std::string, done<ok_t> then) override {
    std::scoped_lock guard{mutex};
    orders[provider] = order;
    then(ok);
  }

  std::recursive_mutex mutex; ///< callbacks run under it and may come back
  std::map<user_key, user> users;
  std::vector<suppression> suppressions;
  std::vector<api_key> keys;
  std::map<std::string, versioned_json> settings;
  std::map<std::string, breaker_order> orders;
  std::vector<std::string> finished_erasures;
};

class fake_inbox_store final : public inbox_store {
public:
  void add(inbox_item what, done<ok_t> then) override {
    std::scoped_lock guard{mutex};
    items.push_back(std::move(what));
    then(ok);
  }
  void list(space where, std::string user_id, std::string state, std::optional<row_key> before, std::size_t limit,
            done<std::vector<inbox_item>> then) override {
    std::scoped_lock guard{mutex};
    std::vector<inbox_item> out;
    for (auto it = items.rbegin(); it != items.rend() && out.size() < limit; ++it)
      if (it->space == where && it->user_id == user_id && (state.empty() || it->state == state)
          && (!before || key_of(it->delivery_id) < *before))
        out.push_back(*it);
    then(out);
  }
  void counts(space, std::string, done<inbox_counts> then) override {
    std::scoped_lock guard{mutex};
    inbox_counts out;
    for (auto& i : items) {
      out.unseen += i.state == "unseen";
      out.unread += i.state == "unseen" || i.state == "seen";
      ++out.total;
    }
    then(out);
  }
  void mark(space where, std::string user_id, uuid delivery_id, std::string state, done<inbox_item> then) override {
    std::scoped_lock guard{mutex};
    for (auto& i : items)
      if (i.space == where && i.user_id == user_id && i.delivery_id == delivery_id) {
        i.state = state == "unread" ? "seen" : state;
        return then(i);
      }
    then(nothing_here());
  }
  void read_all(space where, std::string user_id, done<std::vector<inbox_item>> then) override {
    std::scoped_lock guard{mutex};
    std::vector<inbox_item> out;
    for (auto& i : items)
      if (i.space == where && i.user_id == user_id && (i.state == "unseen" || i.state == "seen")) {
        i.state = "read";
        out.push_back(i);
      }
    then(out);
  }
  void erase(space, std::string user_id, done<ok_t> then) override {
    std::scoped_lock guard{mutex};
    std::erase_if(items, [&](auto& i) { return i.user_id == user_id; });
    then(ok);
  }

  std::recursive_mutex mutex; ///< callbacks run under it and may come back
  std::vector<inbox_item> items;
};

/// Accepts what is submitted at once, or holds it until a test answers.
class fake_engine final : public engine_port {
public:
  explicit fake_engine(options config = default_test_options()) : config_(std::move(config)) {}

  static options default_test_options() {
    options out;
    out.server.listen = "127.0.0.1:0";
    out.server.admin_listen = "127.0.0.1:0";
    out.auth.required = false;
    out.categories = built_in_categories();
    out.lanes[lane::critical] = {};
    out.lanes[lane::bulk] = {};
    return out;
  }

  const options& config() const override { return config_; }
  const wall_clock& clock() const override { return time; }
  telemetry& watch() override { return telemetry_; }

  void submit(intake_ptr what) override {
    std::unique_lock guard{mutex};
    submitted.push_back({what->lane, what->command, what->space, what->correlation_id, what->claim});
    if (hold) {
      held.push_back(std::move(what));
      arrived.notify_all();
      return;
    }
    arrived.notify_all();
    guard.unlock();
    answer(*what);
  }
  /// Answers the oldest held request.
  void release_one() {
    std::unique_lock guard{mutex};
    auto what = std::move(held.front());
    held.pop_front();
    guard.unlock();
    answer(*what);
  }
  void answer(intake& what) {
    if (what.explain)
      return what.explain(explain_with);
    if (refuse_with)
      return what.answer(*refuse_with);
    auto& ids = what.lane == lane::critical ? critical_ids : bulk_ids;
    what.answer(receipt{ids.make(ids.reserve(time.at, 1)), what.lane, replay});
  }
  /// True once `count` requests came in all.
  bool wait_submitted(std::size_t count) {
    std::unique_lock guard{mutex};
    return arrived.wait_for(guard, std::chrono::seconds{10}, [&] { return submitted.size() >= count; });
  }

  lane_store& store_of(lane l) override { return l == lane::critical ? critical_store : bulk_store; }
  control_store& control() override { return control_; }
  inbox_store& inbox() override { return inbox_; }
  void announce(change what) override {
    std::scoped_lock guard{mutex};
    changes.push_back(std::move(what));
  }
  void announce(feature_settings_ptr what) override {
    std::scoped_lock guard{mutex};
    settings = std::move(what);
  }
  void wake(lane, const std::vector<delivery>& queued) override {
    std::scoped_lock guard{mutex};
    woken += queued.size();
    arrived.notify_all();
  }
  void providers(done<std::vector<provider_status>> then) override { then(provider_list); }
  bool order_breaker(const std::string& provider, breaker_order) override {
    return config_.providers.contains(provider);
  }
  std::vector<sandbox_message> sandbox_messages(const space& where, std::size_t limit) override {
    std::vector<sandbox_message> out;
    for (auto& m : sandbox)
      if (m.space == where && out.size() < limit)
        out.push_back(m);
    return out;
  }
  readiness ready() override { return state; }
  void metrics(done<std::string> then) override {
    then(std::string{"# TYPE carillon_build_info gauge\ncarillon_build_info 1\n"});
  }
  void forget_in_sandbox(const space&, const std::string& user_id) override { forgotten.push_back(user_id); }
  std::vector<std::string> forgotten;
  bool draining() const override { return false; }

  struct seen {
    carillon::lane lane;
    carillon::command command;
    carillon::space space;
    std::string correlation_id;
    std::optional<idempotency_claim> claim;
  };

  options config_;
  fake_clock time;
  fake_telemetry telemetry_;
  fake_lane_store critical_store, bulk_store;
  fake_control_store control_;
  fake_inbox_store inbox_;
  id_generator critical_ids{lane::critical, 0, 1}, bulk_ids{lane::bulk, 0, 2};

  std::mutex mutex;
  std::condition_variable arrived;
  bool hold = false, replay = false;
  std::optional<fault> refuse_with;
  explanation explain_with;
  std::vector<seen> submitted;
  std::deque<intake_ptr> held;
  std::vector<change> changes;
  feature_settings_ptr settings;
  std::size_t woken = 0;
  std::vector<provider_status> provider_list;
  std::vector<sandbox_message> sandbox;
  readiness state{true, {}};
};

} // namespace carillon::test
