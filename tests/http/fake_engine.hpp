// An engine whose stores are maps, so that the HTTP door can be tested alone.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "actors/policy/choice.hpp"
#include "runtime/http/engine_port.hpp"
#include "runtime/http/keys.hpp"
#include "tests/http/fake_stores.hpp"

namespace carillon::test {

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

  secret link_key() const override { return links; }
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
  void glance(lane l, done<provider_views_ptr> then) override {
    ++glances;
    std::vector<provider_view> views;
    for (auto& p : provider_list)
      views.push_back(l == lane::critical ? p.critical : p.bulk);
    then(std::make_shared<const std::vector<provider_view>>(std::move(views)));
  }
  std::atomic<std::size_t> glances{0};
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

  secret links{"signs the links of the tests"};
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
