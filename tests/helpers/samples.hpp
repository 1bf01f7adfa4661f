// Requests, notifications and deliveries as the actors meet them, and a door that
// keeps the answers it was given.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

#include "config/categories.hpp"
#include "config/options.hpp"
#include "messages/work.hpp"

namespace carillon::test {

/// A Monday noon, far from midnight and from any change of daylight saving.
inline constexpr sys_time start_of_tests{std::chrono::sys_days{std::chrono::March / 2 / 2026} + std::chrono::hours{12}};
inline constexpr row_key sample_key = row_key{1'000} << 15;

/// Email by `first`, else `backup`; a feed in the app; nothing else.
inline options two_providers() {
  options all;
  all.lanes[lane::critical] = {};
  all.lanes[lane::bulk] = {};
  for (std::string name : {"first", "backup"}) {
    provider_options p;
    p.name = name;
    p.protocol = "sandbox";
    p.channel = channel::email;
    all.providers[name] = p;
  }
  provider_options feed;
  feed.name = feed.protocol = "in_app";
  feed.channel = channel::in_app;
  all.providers["in_app"] = feed;
  all.channels[channel::email].providers = {"first", "backup"};
  all.channels[channel::in_app].providers = {"in_app"};
  all.channels[channel::email].retry.jitter = jitter_mode::none;
  all.categories = built_in_categories();
  return all;
}

/// What a caller at a door gets to hear. Requests may outlive it.
class door {
public:
  /// A request of that person by email.
  intake_ptr request(std::string user_id = "u_1") {
    auto what = std::make_shared<intake>();
    what->command.user_id = std::move(user_id);
    what->command.type = "note";
    what->command.channels = {channel::email};
    what->command.content.title = "Hello";
    what->command.content.body = "World";
    what->correlation_id = "r_1";
    what->answer = reply<receipt>{[to = answers_](result<receipt> answer) { to->push_back(std::move(answer)); }};
    return what;
  }
  /// The same, to be explained only.
  intake_ptr dry_run() {
    auto what = request();
    what->answer.release();
    what->explain =
      reply<explanation>{[to = explanations_](result<explanation> answer) { to->push_back(std::move(answer)); }};
    return what;
  }

  const std::vector<result<receipt>>& answers() const { return *answers_; }
  const std::vector<result<explanation>>& explanations() const { return *explanations_; }
  /// The one answer, which has to be a refusal.
  fault refusal() const {
    REQUIRE(answers_->size() == 1);
    REQUIRE_FALSE(answers_->front());
    return answers_->front().error();
  }

private:
  std::shared_ptr<std::vector<result<receipt>>> answers_ = std::make_shared<std::vector<result<receipt>>>();
  std::shared_ptr<std::vector<result<explanation>>> explanations_ =
    std::make_shared<std::vector<result<explanation>>>();
};

inline std::shared_ptr<notification> sample_notification(priority p = priority::medium) {
  auto n = std::make_shared<notification>();
  n->key = sample_key;
  n->lane = lane_of(p);
  n->priority = p;
  n->user_id = "u_1";
  n->type = "note";
  n->category = "transactional";
  n->created_at = start_of_tests;
  n->content.title = "Hello";
  n->content.body = "World";
  return n;
}

/// The `number`-th delivery of it: ready, by email, to someone@example.org.
inline delivery sample_delivery(const notification& n, int number = 1) {
  delivery d;
  d.key = n.key + number;
  d.notification_key = n.key;
  d.space = n.space;
  d.user_id = n.user_id;
  d.type = n.type;
  d.channel = channel::email;
  d.address = "someone@example.org";
  d.priority = n.priority;
  d.queue = "first";
  d.history.push_back({delivery_status::queued, n.created_at, {}, {}});
  return d;
}

/// A delivery whose attempt at that provider is recorded.
inline delivery started_delivery(const notification& n, std::string provider = "first", int number = 1) {
  auto d = sample_delivery(n, number);
  d.status = delivery_status::sending;
  attempt a;
  a.provider = std::move(provider);
  a.started_at = n.created_at;
  d.attempts.push_back(std::move(a));
  return d;
}

/// A request as preference and throttle pass it on: described, with one delivery.
inline intake_ptr described(door& at, priority p = priority::medium) {
  auto what = at.request();
  what->n = sample_notification(p);
  delivery_work w;
  w.n = what->n;
  w.d = sample_delivery(*what->n);
  what->deliveries.push_back(std::move(w));
  return what;
}

/// A stored delivery on its way to an attempt. `returned` counts its slot coming back.
inline work_ptr stored_work(std::shared_ptr<int> returned = {}, priority p = priority::medium) {
  auto w = std::make_shared<delivery_work>();
  w->n = sample_notification(p);
  w->d = sample_delivery(*w->n);
  if (returned)
    w->slot = slot{"first", 1, [returned] { ++*returned; }};
  return w;
}

} // namespace carillon::test
