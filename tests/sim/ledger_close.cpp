// The whole of a run against the promises.
#include <algorithm>
#include <set>

#include "actors/policy/limits.hpp"
#include "messages/transitions.hpp"
#include "tests/sim/ledger.hpp"

namespace carillon::sim {

std::size_t ledger::unfinished() const {
  return disk_.critical.unfinished().size() + disk_.bulk.unfinished().size();
}

std::optional<sys_time> ledger::next_due() const {
  std::optional<sys_time> earliest;
  for (auto l : all_lanes)
    for (auto key : disk_.of(l).unfinished()) {
      auto& d = *disk_.of(l).row(key);
      if (d.standby && d.status == delivery_status::scheduled)
        continue;
      auto due = d.status == delivery_status::held ? d.expires_at : d.due;
      if (!due)
        return std::nullopt;
      if (!earliest || *due < *earliest)
        earliest = due;
    }
  return earliest;
}

void ledger::check_kept() {
  for (auto& [id, count] : accepted_) {
    auto& lane = disk_.of(lane_of(id));
    std::size_t there = 0;
    for (std::size_t i = 1; i <= count; ++i)
      there += lane.row(key_of(id) + static_cast<row_key>(i)) != nullptr ? 1 : 0;
    if (there != count)
      broken("accepted means kept", to_string(id) + " has lost deliveries");
  }
}

void ledger::close() {
  check_kept();
  for (auto l : all_lanes) {
    for (auto key : disk_.of(l).unfinished()) {
      auto& d = *disk_.of(l).row(key);
      around_.log.note("left", name_of(l, key), to_string(d.status), d.due ? "due" : "not due",
                       d.expires_at ? "expires" : "lasts", d.standby ? "standing by" : "");
      if (d.status != delivery_status::held || d.expires_at)
        broken("everything ends", name_of(l, key) + " is left " + std::string{to_string(d.status)}
                                    + (d.standby ? " standing by" : "") + ", decided by " + d.decision.rule);
    }
    check_channels(l);
  }
  for (auto& [at, known] : deliveries_)
    check_duplicates(at, known);
  check_limits();
}

/// All but the last call that took the message must be on record as ambiguous, or
/// the vendor has lied about it.
void ledger::check_duplicates(const place& at, const remembered& known) {
  auto* row = disk_.of(at.first).row(at.second);
  const call_record* last = nullptr;
  for (auto number : known.calls) {
    auto& call = calls_[number];
    if (call.taken == 0)
      continue;
    if (last != nullptr && row != nullptr && !last->deceitful) {
      auto index = static_cast<std::size_t>(last->id.attempt) - 1;
      if (index >= row->attempts.size() || row->attempts[index].outcome != outcome::ambiguous)
        broken("duplicates are explained", name_of(at.first, at.second) + " was taken twice; attempt "
                                             + std::to_string(last->id.attempt) + " is not on record as ambiguous");
    }
    last = &call;
  }
}

/// routing = first reaches a person over one channel.
void ledger::check_channels(lane l) {
  std::map<row_key, std::set<channel>> reached;
  for (auto& [key, d] : disk_.of(l).deliveries()) {
    auto type = around_.plan.config.types.find(d.type);
    auto well = d.status == delivery_status::sent || d.status == delivery_status::delivered;
    if (well && deliveries_[{l, key}].by_hand == 0 && type != around_.plan.config.types.end()
        && type->second.routing == routing::first)
      reached[d.notification_key].insert(d.channel);
  }
  for (auto& [key, channels] : reached)
    if (channels.size() > 1)
      broken("one channel where one is asked for", name_of(l, key) + " reached several");
}

/// The places with which deliveries began are never denser than the terms of each of
/// their limits, where the clock ran evenly and the throttle knew the earlier places.
/// The longest window is as long as the history that a new throttle reads.
void ledger::check_limits() {
  auto& config = around_.plan.config;
  std::map<std::string, std::pair<limit_options, std::vector<sys_time>>> uses;
  for (auto l : all_lanes)
    for (auto& [key, d] : disk_.of(l).deliveries())
      for (auto& [before, used] : deliveries_[{l, key}].places)
        for (auto owner : {limit_owner::lane, limit_owner::people}) {
          if (owner == limit_owner::people && l == lane::critical)
            continue;
          if (static_cast<int>(d.attempts.size()) <= before) // its start was taken back, and it made none after it
            continue;
          auto n = disk_.of(l).notification_of(d);
          if (n->erased) // nobody knows whose it was
            continue;
          for (auto& limit : limits_of(config, {}, d, n->category, owner)) {
            if (around_.log.prints())
              around_.log.aside("use " + name_of(l, key) + " at "
                                + std::to_string(used.place.time_since_epoch().count()) + " of " + limit.key);
            auto since = std::to_string(used.steps) + ' ' + std::to_string(used.blinds);
            auto& all = uses[std::string{to_string(l)} + ' ' + since + ' ' + limit.key];
            all.first = limit.limit;
            all.second.push_back(used.place);
          }
        }
  for (auto& [name, all] : uses)
    check_limit(name, all.first, std::move(all.second));
}

void ledger::check_limit(const std::string& name, const limit_options& limit, std::vector<sys_time> uses) {
  auto interval = std::chrono::duration<double>(limit.per) / limit.rate;
  auto longest = longest_period(around_.plan.config);
  std::sort(uses.begin(), uses.end());
  for (std::size_t first = 0; first < uses.size(); ++first)
    for (std::size_t last = first; last < uses.size() && uses[last] - uses[first] <= longest; ++last) {
      auto most = std::max(1.0, limit.burst) + std::chrono::duration<double>(uses[last] - uses[first]) / interval;
      if (static_cast<double>(last - first + 1) > most + 0.01)
        return broken("limits hold", name + " got " + std::to_string(last - first + 1) + " of " + std::to_string(most));
    }
}

} // namespace carillon::sim
