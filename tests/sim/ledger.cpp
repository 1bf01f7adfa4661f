// Calls, answers and callers.
#include "tests/sim/ledger.hpp"

#include <algorithm>

#include "actors/policy/choice.hpp"
#include "actors/policy/routing.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_violations = 20;

} // namespace

ledger::ledger(surroundings& around, files& disk) : around_(around), disk_(disk) {
  for (auto l : all_lanes)
    disk_.of(l).on_write([this, l](const row_change& change) { written(l, change); });
}

void ledger::broken(std::string promise, std::string what) {
  around_.log.note("BROKEN", promise, what);
  if (violations_.size() < most_violations)
    violations_.push_back(std::move(promise) + ": " + std::move(what));
}

std::string ledger::name_of(lane l, row_key key) const {
  return std::string{to_string(l)} + ' ' + std::to_string(key);
}

/// Decides once more what the engine has decided at this very instant, from what
/// stands in the store. Only what changed at the same instant may be unknown to it.
void ledger::start_asked(lane l, const notification& n, const delivery& d) {
  auto now = around_.clock.wall();
  auto& known = deliveries_[{l, d.key}];
  known.asked_at = around_.clock.steady();
  if (auto* row = disk_.of(l).row(d.key); row != nullptr && row->status > delivery_status::queued)
    return; // it has moved on, and the store will not start it
  if (disk_.control.changed_at() == now || around_.settings_changed_at == around_.clock.steady()
      || around_.clock_stepped_at == around_.clock.steady())
    return;
  auto& config = around_.plan.config;
  auto type = resolve_type(config, n.type, n.category, n.priority);
  auto who = disk_.control.find_person(n.space, n.user_id, {{d.channel, d.address}});
  auto right = decide({.config = config,
                       .settings = around_.settings.get(),
                       .who = who,
                       .type = type->type,
                       .category = type->category,
                       .type_name = n.type,
                       .category_name = n.category,
                       .priority = n.priority,
                       .channel = d.channel,
                       .address = d.address,
                       .send_at = std::nullopt,
                       .expires_at = d.expires_at,
                       .now = now});
  // A clock that steps back puts a suppression in force again that had ended.
  auto unsure = right.why.rule == "suppression" && around_.clock_stepped_at != instant{};
  if (right.status != delivery_status::queued && !unsure)
    broken("people's choices hold", name_of(l, d.key) + " starts against " + right.why.rule);
}

call_id ledger::called(lane l, const std::string& provider, const uuid& delivery) {
  call_id id{calls_.size(), l, provider, key_of(delivery), 0};
  auto* row = disk_.of(l).row(id.delivery);
  auto& known = deliveries_[{l, id.delivery}];
  if (row == nullptr || row->status != delivery_status::sending || row->attempts.back().provider != provider
      || row->attempts.back().outcome) {
    broken("start before call", provider + " is called for " + name_of(l, id.delivery) + ", which has no open attempt");
  } else {
    id.attempt = row->attempts.back().number;
    for (auto number : known.calls) {
      auto& before = calls_[number];
      if (before.id.attempt == id.attempt)
        broken("one call an attempt",
               name_of(l, id.delivery) + " is called twice in attempt " + std::to_string(id.attempt));
      auto recorded = row->attempts[static_cast<std::size_t>(before.id.attempt) - 1].outcome;
      if (before.not_before && recorded == outcome::throttled && before.id.provider == provider && known.by_hand == 0
          && around_.clock.steady() < *before.not_before && around_.clock_stepped_at < *before.not_before - 600s)
        broken("Retry-After holds", name_of(l, id.delivery) + " is called again too early");
    }
  }
  known.calls.push_back(id.number);
  calls_.push_back({id, around_.clock.steady(), 0, false, std::nullopt});
  return id;
}

void ledger::took(const call_id& id, bool deceitful) {
  around_.log.note("took", id.provider, id.delivery, id.attempt);
  ++calls_.at(id.number).taken;
  calls_.at(id.number).deceitful = deceitful;
}

void ledger::vendor_answered(const call_id& id, outcome meaning, const wire_answer& with) {
  around_.log.note("answer", id.provider, id.delivery, id.attempt, to_string(meaning));
  auto& record = calls_.at(id.number);
  record.meaning = meaning;
  for (auto& field : with.headers)
    if (field.name == "retry-after")
      record.not_before = around_.clock.steady() + std::chrono::seconds{std::stoi(field.value)};
}

void ledger::died(lane l, std::string_view actor) {
  around_.trouble();
  deaths_[std::string{to_string(l)} + ' ' + std::string{actor}] = around_.clock.steady();
}

void ledger::shaken(lane l, std::string_view provider) {
  shaken_[std::string{to_string(l)} + ' ' + std::string{provider}] = around_.clock.steady();
}

void ledger::window(lane l, std::size_t in_use) {
  if (in_use > around_.plan.config.lanes.at(l).window)
    broken("the window bounds memory",
           std::to_string(in_use) + " deliveries at once in lane " + std::string{to_string(l)});
}

void ledger::accepted(const receipt& answer, const std::string& key) {
  auto view = disk_.of(answer.lane).find({}, answer.id);
  if (!view)
    view = disk_.of(answer.lane).find({"default", mode::test}, answer.id);
  if (!view)
    return broken("accepted means kept", to_string(answer.id) + " is answered 202 and is not in the store");
  accepted_[answer.id] = view->deliveries.size();
  if (key.empty())
    return;
  auto [known, fresh] = keys_.emplace(key, answer.id);
  auto may_be_forgotten = around_.clock_stepped_at != instant{}; // a key lives for a day
  if (!fresh && known->second != answer.id && !may_be_forgotten)
    broken("one key, one notification", key + " was answered with two ids");
}

void ledger::refused(const fault& why, const std::string& key) {
  auto of_the_moment = why.code == errc::rate_limited || why.code == errc::invalid_request;
  auto may_be_forgotten = around_.clock_stepped_at != instant{};
  if (of_the_moment && keys_.contains(key) && !may_be_forgotten)
    broken("a repeat gets the first answer", key + " was answered 202, then " + std::string{code_of(why.code)});
}

void ledger::cancelled(const notification_view& answer) {
  auto l = answer.n->lane;
  for (auto& d : answer.deliveries)
    if (auto* row = disk_.of(l).row(d.key);
        d.status == delivery_status::cancelled && (row == nullptr || row->status != d.status))
      broken("cancelled stays cancelled", name_of(l, d.key) + " is not what the answer to its cancelling says");
}

std::size_t ledger::slots_of(lane l, const std::string& provider) const {
  auto& config = around_.plan.config;
  auto share = std::max<std::size_t>(1, config.lanes.at(l).window / (config.providers.size() + 1));
  auto found = config.providers.find(provider);
  return std::min(found == config.providers.end() ? provider_options{}.in_flight : found->second.in_flight, share);
}

std::size_t ledger::open_calls(lane l, const std::string& provider) const {
  return static_cast<std::size_t>(std::count_if(
    calls_.begin(), calls_.end(), [&](auto& c) { return c.id.lane == l && c.id.provider == provider && !c.meaning; }));
}

std::size_t ledger::given_up_on(lane l, const std::string& provider) const {
  return static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), [&](auto& c) {
    auto* row = disk_.of(l).row(c.id.delivery);
    auto over = row == nullptr || row->attempts.size() < static_cast<std::size_t>(c.id.attempt)
                || row->attempts[static_cast<std::size_t>(c.id.attempt) - 1].outcome;
    return c.id.lane == l && c.id.provider == provider && !c.meaning && over;
  }));
}

} // namespace carillon::sim
