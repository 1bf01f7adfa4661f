// The whole of a run against the promises.
#include <algorithm>
#include <set>

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

/// The places that a limit of people gave, or the passes it let through, are never
/// denser than its terms. Only where the throttle lived all the time, its clock ran
/// evenly, and no other limit made work wait past its place.
void ledger::check_limits() {
  auto& limit = around_.plan.config.limits.per_user;
  auto& bad = around_.plan.bad;
  if (!limit || around_.plan.config.limits.global || bad.deaths() || bad.bad_disk() || bad.clock_steps > 0)
    return;
  std::map<std::pair<space, std::string>, std::vector<sys_time>> uses;
  for (auto& [key, d] : disk_.bulk.deliveries()) {
    auto& known = deliveries_[{lane::bulk, key}];
    if (known.place)
      uses[{d.space, d.user_id}].push_back(*known.place);
    else if (known.plain && d.limits_paid)
      uses[{d.space, d.user_id}].push_back(d.history.front().at);
  }
  auto interval = std::chrono::duration<double>(limit->per) / limit->rate;
  for (auto& [who, all] : uses) {
    if (refunded_.contains(who.second))
      continue; // the place it gave back may stand before others' that were given since
    std::sort(all.begin(), all.end());
    for (std::size_t first = 0; first < all.size(); ++first)
      for (std::size_t last = first; last < all.size(); ++last) {
        auto most = std::max(1.0, limit->burst) + std::chrono::duration<double>(all[last] - all[first]) / interval;
        if (static_cast<double>(last - first + 1) > most + 0.1)
          return broken("limits hold",
                        who.second + " got " + std::to_string(last - first + 1) + " of " + std::to_string(most));
      }
  }
}

} // namespace carillon::sim
