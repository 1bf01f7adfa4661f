// Writes of the lane model: accepting, starting, updating.
#include "tests/sim/model/lane_model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "messages/transitions.hpp"

namespace carillon::sim {
namespace {

std::string claim_name(const space& where, const std::string& key) {
  return to_string(where) + '\n' + key;
}

std::optional<fault> misplaced(const acceptance& what) {
  auto expected = what.n->key;
  for (auto& d : what.deliveries)
    if (d.key != ++expected || d.notification_key != what.n->key || what.deliveries.size() > bounds::deliveries)
      return fault{errc::internal_error, "The deliveries of a notification must have the keys that follow its own."};
  return std::nullopt;
}

/// Text as JSON keeps it: bytes that are no UTF-8 are replaced.
std::string as_stored(const std::string& text) {
  auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), is_ascii))
    return text;
  using nlohmann::json;
  return json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

fault erased_meanwhile() {
  return {errc::overloaded, "The person was erased while the request was on its way."};
}

void scrub(delivery& d) {
  d.address.clear();
  d.decision.reason.clear();
  for (auto& a : d.attempts)
    a.detail.clear();
  for (auto& change : d.history)
    change.reason.clear();
}

} // namespace

std::int64_t lane_model::period_now() const {
  return std::max<std::int64_t>(newest_period_, clock_.now().time_since_epoch() / claim_period_);
}

const lane_model::stored_claim* lane_model::live_claim(const std::string& name, std::int64_t period) const {
  auto found = claims_.find(name);
  return found != claims_.end() && period - found->second.period <= claim_periods ? &found->second : nullptr;
}

result<std::optional<receipt>> lane_model::recall(const space& where, const idempotency_claim& what) const {
  auto name = claim_name(where, what.key);
  auto period = period_now();
  auto* claim = live_claim(name, period);
  if (claim == nullptr && other_ != nullptr)
    claim = other_->live_claim(name, period);
  if (claim == nullptr)
    return std::optional<receipt>{};
  if (claim->digest != what.digest)
    return fault{errc::key_reused, "The idempotency key was used for a different request; use a new key for it."};
  return std::optional{receipt{claim->id, lane_of(claim->id), true}};
}

result<receipt> lane_model::accept(const acceptance& what) {
  if (auto wrong = misplaced(what))
    return *wrong;
  if (what.claim) {
    auto known = recall(what.n->space, *what.claim);
    if (!known)
      return known.error();
    if (*known)
      return **known;
    if (is_of_erased(*what.n))
      return erased_meanwhile();
    auto period = newest_period_ = period_now();
    claims_[claim_name(what.n->space, what.claim->key)] = {what.claim->digest, what.n->id, period};
  }
  if (is_of_erased(*what.n))
    return erased_meanwhile();
  notifications_[what.n->key] = what.n;
  for (auto& d : what.deliveries)
    put(d);
  return receipt{what.n->id, what.n->lane, false};
}

std::vector<row_key> lane_model::start(const std::vector<attempt_start>& what) {
  std::vector<row_key> begun;
  for (auto& one : what) {
    auto found = rows_.find(one.key);
    if (found == rows_.end() || found->second.status > delivery_status::queued
        || static_cast<int>(found->second.attempts.size()) != one.what.number - 1 || found->second.due != one.due)
      continue;
    auto d = found->second;
    d.status = delivery_status::sending;
    d.due.reset();
    d.attempts.push_back(one.what);
    d.history.push_back({d.status, one.what.started_at, {}, {}});
    put(d);
    begun.push_back(one.key);
  }
  return begun;
}

result<update_result> lane_model::update(const delivery_update& what) {
  auto& d = what.d;
  if (d.status != what.expected && !may_move(what.expected, d.status))
    return fault{errc::internal_error, "A delivery cannot go from " + std::string{to_string(what.expected)} + " to "
                                         + std::string{to_string(d.status)} + "."};
  update_result done;
  done.applied = write(d, {what.expected, static_cast<std::size_t>(std::max(0, what.expected_attempts))});
  if (!done.applied)
    return done;
  auto at = d.history.empty() ? clock_.now() : d.history.back().at;
  if (what.cancel_standby)
    cancel_standbys(d.notification_key, at);
  else if (what.release_standby)
    done.released = release_next(d.notification_key, at);
  return done;
}

bool lane_model::write(const delivery& d, const row_guard& expected) {
  auto found = rows_.find(d.key);
  if (found == rows_.end() || found->second.status != expected.status
      || found->second.attempts.size() != expected.attempts)
    return false;
  auto kept = d;
  kept.engagement = std::max(kept.engagement, found->second.engagement);
  for (auto& a : kept.attempts)
    a.detail = as_stored(a.detail);
  if (is_erased(kept))
    scrub(kept);
  put(kept);
  return true;
}

void lane_model::put(const delivery& d) {
  auto& n = *notifications_.at(d.notification_key);
  auto kept = d;
  kept.space = n.space;
  kept.user_id = n.user_id;
  kept.type = n.type;
  auto waits = kept.status == delivery_status::queued || kept.status == delivery_status::scheduled;
  if (!waits || kept.standby)
    kept.due.reset();
  auto found = rows_.find(kept.key);
  if (watcher_)
    watcher_({n, found == rows_.end() ? nullptr : &found->second, kept});
  if (is_unfinished(kept.status))
    unfinished_.insert(kept.key);
  else
    unfinished_.erase(kept.key);
  rows_.insert_or_assign(kept.key, std::move(kept));
}

std::vector<delivery> lane_model::deliveries_of(const notification& n) const {
  std::vector<delivery> all;
  for (auto row = rows_.upper_bound(n.key); row != rows_.end() && row->second.notification_key == n.key; ++row)
    all.push_back(row->second);
  return all;
}

std::vector<delivery> lane_model::release_next(row_key notification_key, sys_time at) {
  auto siblings = deliveries_of(*notifications_.at(notification_key));
  auto waits = [](const delivery& d) { return d.standby && d.status == delivery_status::scheduled; };
  auto hopeful = [&](const delivery& d) {
    return !waits(d)
           && (is_unfinished(d.status) || d.status == delivery_status::sent || d.status == delivery_status::delivered);
  };
  auto next = std::find_if(siblings.begin(), siblings.end(), waits);
  if (next == siblings.end() || std::any_of(siblings.begin(), siblings.end(), hopeful))
    return {};
  std::vector<delivery> released;
  for (auto on = next->channel; next != siblings.end(); ++next) {
    if (!waits(*next) || next->channel != on)
      continue;
    row_guard guard{next->status, next->attempts.size()};
    next->standby = false;
    next->due.reset();
    move_to(*next, delivery_status::queued, at, {"routing.first", "The channel before it did not reach the person."});
    if (write(*next, guard))
      released.push_back(*next);
  }
  return released;
}

void lane_model::cancel_standbys(row_key notification_key, sys_time at) {
  for (auto& d : deliveries_of(*notifications_.at(notification_key))) {
    if (!d.standby || d.status != delivery_status::scheduled)
      continue;
    row_guard guard{d.status, d.attempts.size()};
    d.standby = false;
    move_to(d, delivery_status::cancelled, at, {"routing.first", "The delivery before it reached the person."});
    write(d, guard);
  }
}

bool lane_model::is_of_erased(const notification& n) const {
  auto found = just_erased_.find({n.space, n.user_id});
  return found != just_erased_.end() && n.created_at <= found->second
         && std::chrono::abs(clock_.now() - found->second) <= std::chrono::minutes{1};
}

void lane_model::erase(const space& where, const std::string& user_id) {
  just_erased_[{where, user_id}] = clock_.now();
  for (auto& [key, n] : notifications_) {
    if (n->space != where || n->user_id != user_id || n->erased)
      continue;
    for (auto& d : deliveries_of(*n)) {
      row_guard guard{d.status, d.attempts.size()};
      if (may_move(d.status, delivery_status::cancelled))
        move_to(d, delivery_status::cancelled, clock_.now(), {"person.erased", ""});
      scrub(d);
      write(d, guard);
    }
    auto blank = std::make_shared<notification>(*n);
    blank->content = {};
    blank->locale.clear();
    blank->to = {};
    blank->metadata = "{}";
    blank->correlation_id.clear();
    blank->erased = true;
    n = std::move(blank);
  }
}

void lane_model::tidy_up() {
  auto limit = first_key_at(clock_.now() - retention_);
  for (auto n = notifications_.begin(); n != notifications_.end() && n->first < limit;) {
    auto all = deliveries_of(*n->second);
    if (std::any_of(all.begin(), all.end(), [](auto& d) { return is_unfinished(d.status); })) {
      ++n;
      continue;
    }
    for (auto& d : all)
      rows_.erase(d.key);
    n = notifications_.erase(n);
  }
}

} // namespace carillon::sim
