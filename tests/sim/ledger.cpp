#include "tests/sim/ledger.hpp"

#include "messages/transitions.hpp"

namespace carillon::sim {

ledger::ledger(surroundings& around, std::array<lane_model*, 2> lanes) : around_(around), lanes_(lanes) {
  for (auto l : all_lanes)
    lanes_[static_cast<std::size_t>(l)]->on_write([this, l](const row_change& change) { written(l, change); });
}

void ledger::broken(std::string promise, std::string what) {
  around_.log.note("BROKEN", promise, what);
  violations_.push_back(std::move(promise) + ": " + std::move(what));
}

call_id ledger::called(lane l, const std::string& provider, const uuid& delivery) {
  call_id id{calls_.size(), l, provider, key_of(delivery), 0};
  auto* row = model(l).row(id.delivery);
  if (row == nullptr || row->status != delivery_status::sending || row->attempts.back().provider != provider)
    broken("start before call",
           provider + " is called for " + std::to_string(id.delivery) + ", whose attempt is not on record");
  else
    id.attempt = row->attempts.back().number;
  calls_of_[{l, id.delivery}].push_back(id.number);
  calls_.push_back({id, 0, false, {}});
  return id;
}

void ledger::took(const call_id& id) {
  around_.log.note("took", id.provider, id.delivery, id.attempt);
  ++calls_.at(id.number).taken;
}

void ledger::vendor_answered(const call_id& id, const wire_answer& with) {
  around_.log.note("answer", id.provider, id.delivery, id.attempt, with.status);
  calls_.at(id.number).answered = true;
  calls_.at(id.number).with = with;
}

void ledger::accepted(const receipt& answer) {
  accepted_.push_back(answer.id);
}

void ledger::written(lane l, const row_change& change) {
  auto& d = change.after;
  around_.log.note("row", to_string(l), d.key, change.before ? to_string(change.before->status) : "new",
                   to_string(d.status), d.decision.rule);
  if (change.before && change.before->status != d.status && !may_move(change.before->status, d.status))
    broken("legal moves", std::to_string(d.key) + " from " + std::string{to_string(change.before->status)} + " to "
                            + std::string{to_string(d.status)});
}

std::size_t ledger::unfinished() const {
  return model(lane::critical).unfinished().size() + model(lane::bulk).unfinished().size();
}

std::optional<sys_time> ledger::next_due() const {
  std::optional<sys_time> earliest;
  for (auto l : all_lanes)
    for (auto key : model(l).unfinished()) {
      auto& d = *model(l).row(key);
      auto due = d.status == delivery_status::held ? d.expires_at : d.due;
      if (!due && !d.standby)
        return std::nullopt;
      if (due && (!earliest || *due < *earliest))
        earliest = due;
    }
  return earliest;
}

void ledger::close() {
  for (auto& id : accepted_)
    if (!model(lane_of(id)).find({}, id))
      broken("accepted means kept", to_string(id) + " was answered 202 and is not there");
  for (auto l : all_lanes)
    for (auto key : model(l).unfinished()) {
      auto* d = model(l).row(key);
      broken("accepted means kept", std::to_string(key) + " is left " + std::string{to_string(d->status)});
    }
}

} // namespace carillon::sim
