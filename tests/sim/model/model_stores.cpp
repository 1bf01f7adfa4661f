// Every call of the ports, put into its line: nothing is decided here.
#include "tests/sim/model/model_stores.hpp"

#include <algorithm>
#include <limits>

#include "messages/ledger_address.hpp"

namespace carillon::sim {
namespace {

constexpr std::size_t read_at_once = 1'000;

} // namespace

// ---------------------------------------------------------------- lane

void model_lane_store::accept(acceptance what, done<receipt> then) {
  if (watch_starts_)
    for (auto& d : what.deliveries)
      if (d.status == delivery_status::sending)
        watch_starts_(*what.n, d);
  lines_.writes.call<receipt>("accept", std::move(then),
                              [this, what = std::move(what)] { return model_.accept(what); });
}

void model_lane_store::recall(space where, idempotency_claim what, done<std::optional<receipt>> then) {
  lines_.writes.call<std::optional<receipt>>(
    "recall", std::move(then),
    [this, where = std::move(where), what = std::move(what)] { return model_.recall(where, what); });
}

void model_lane_store::start(std::vector<attempt_start> what, done<std::vector<row_key>> then) {
  if (watch_starts_)
    for (auto& one : what)
      if (auto* d = model_.row(one.key))
        watch_starts_(*model_.notification_of(*d), *d);
  lines_.writes.call<std::vector<row_key>>(
    "start", std::move(then),
    [this, what = std::move(what)]() -> result<std::vector<row_key>> { return model_.start(what); });
}

void model_lane_store::update(delivery_update what, done<update_result> then) {
  lines_.writes.call<update_result>("update", std::move(then),
                                    [this, what = std::move(what)] { return model_.update(what); });
}

void model_lane_store::cancel(space where, uuid id, sys_time now, done<notification_view> then) {
  lines_.writes.call<notification_view>(
    "cancel", std::move(then), [this, where = std::move(where), id, now] { return model_.cancel(where, id, now); });
}

void model_lane_store::resolve(space where, uuid id, uuid delivery_id, delivery_status to, decision why, sys_time now,
                               done<delivery> then) {
  lines_.writes.call<delivery>("resolve", std::move(then),
                               [this, where = std::move(where), id, delivery_id, to, why = std::move(why), now] {
                                 return model_.resolve(where, id, delivery_id, to, why, now);
                               });
}

void model_lane_store::engage(space where, uuid id, std::optional<uuid> delivery_id, engagement what, sys_time,
                              done<ok_t> then) {
  lines_.writes.call<ok_t>("engage", std::move(then),
                           [this, where = std::move(where), id, delivery_id = std::move(delivery_id), what] {
                             return model_.engage(where, id, delivery_id, what);
                           });
}

void model_lane_store::redrive(std::vector<row_key> keys, decision why, sys_time now,
                               done<std::vector<delivery>> then) {
  lines_.writes.call<std::vector<delivery>>(
    "redrive", std::move(then),
    [this, keys = std::move(keys), why = std::move(why), now]() -> result<std::vector<delivery>> {
      return model_.redrive(keys, why, now);
    });
}

void model_lane_store::erase(space where, std::string user_id, done<ok_t> then) {
  lines_.writes.call<ok_t>("erase", std::move(then),
                           [this, where = std::move(where), user_id = std::move(user_id)]() -> status_result {
                             model_.erase(where, user_id);
                             return ok;
                           });
}

void model_lane_store::barrier(done<ok_t> then) {
  lines_.writes.call<ok_t>("barrier", std::move(then), []() -> status_result { return ok; });
}

void model_lane_store::pull(pull_request what, done<pull_result> then) {
  lines_.engine_reads.call<pull_result>(
    "pull", std::move(then), [this, what = std::move(what)]() -> result<pull_result> { return model_.pull(what); });
}

void model_lane_store::in_flight(std::string provider, row_key after, std::size_t limit,
                                 done<std::vector<pulled>> then) {
  lines_.engine_reads.call<std::vector<pulled>>(
    "in_flight", std::move(then),
    [this, provider = std::move(provider), after, limit = std::move(limit)]() -> result<std::vector<pulled>> {
      return model_.in_flight(provider, after, limit);
    });
}

void model_lane_store::queues(done<std::vector<queue_state>> then) {
  lines_.engine_reads.call<std::vector<queue_state>>(
    "queues", std::move(then), [this]() -> result<std::vector<queue_state>> { return model_.queues(); });
}

void model_lane_store::due_between(sys_time from, sys_time until, std::size_t limit,
                                   done<std::vector<due_entry>> then) {
  lines_.engine_reads.call<std::vector<due_entry>>(
    "due_between", std::move(then), [this, from, until, limit = std::move(limit)]() -> result<std::vector<due_entry>> {
      return model_.due_between(from, until, limit);
    });
}

void model_lane_store::recent_attempts(sys_time since, sys_time now, done<limit_history> then) {
  lines_.engine_reads.call<limit_history>(
    "recent_attempts", std::move(then),
    [this, since, now]() -> result<limit_history> { return limit_history{model_.recent_attempts(since, now)}; });
}

void model_lane_store::expired_held(sys_time now, std::size_t limit, done<std::vector<pulled>> then) {
  lines_.engine_reads.call<std::vector<pulled>>(
    "expired_held", std::move(then),
    [this, now, limit = std::move(limit)]() -> result<std::vector<pulled>> { return model_.expired_held(now, limit); });
}

void model_lane_store::find(space where, uuid id, done<notification_view> then) {
  lines_.door_reads.call<notification_view>("find", std::move(then),
                                            [this, where = std::move(where), id] { return model_.find(where, id); });
}

void model_lane_store::list(notification_filter what, done<notification_page> then) {
  lines_.door_reads.call<notification_page>(
    "list", std::move(then),
    [this, what = std::move(what)]() -> result<notification_page> { return model_.list(what); });
}

void model_lane_store::dead_letters(dead_letter_filter what, done<dead_letter_page> then) {
  lines_.door_reads.call<dead_letter_page>(
    "dead_letters", std::move(then),
    [this, what = std::move(what)]() -> result<dead_letter_page> { return model_.dead_letters(what); });
}

void model_lane_store::backlog(done<backlog_view> then) {
  lines_.door_reads.call<backlog_view>("backlog", std::move(then),
                                       [this]() -> result<backlog_view> { return model_.backlog(); });
}

// ---------------------------------------------------------------- control

void model_control_store::find_person(lane, space where, std::string user_id, addresses extra, done<person> then) {
  lines_.engine_reads.call<person>(
    "find_person", std::move(then),
    [this, where = std::move(where), user_id = std::move(user_id), extra = std::move(extra)]() -> result<person> {
      return model_.find_person(where, user_id, extra);
    });
}

void model_control_store::get_user(space where, std::string id, done<user_ptr> then) {
  lines_.door_reads.call<user_ptr>("get_user", std::move(then), [this, where = std::move(where), id = std::move(id)] {
    return model_.get_user(where, id);
  });
}

void model_control_store::put_user(user what, user_part part, version_bond if_match, done<user_ptr> then) {
  lines_.writes.call<user_ptr>("put_user", std::move(then), [this, what = std::move(what), part, if_match] {
    return model_.put_user(what, part, if_match);
  });
}

void model_control_store::erase_user(space where, std::string id, sys_time, done<ok_t> then) {
  lines_.writes.call<ok_t>("erase_user", std::move(then), [this, where = std::move(where), id = std::move(id)] {
    return model_.erase_user(where, id);
  });
}

void model_control_store::unfinished_erasures(done<owners> then) {
  lines_.door_reads.call<owners>("unfinished_erasures", std::move(then),
                                 [this]() -> result<owners> { return model_.unfinished_erasures(); });
}

void model_control_store::finish_erasure(space where, std::string id, done<ok_t> then) {
  lines_.writes.call<ok_t>("finish_erasure", std::move(then),
                           [this, where = std::move(where), id = std::move(id)]() -> status_result {
                             model_.finish_erasure(where, id);
                             return ok;
                           });
}

void model_control_store::add_suppression(suppression what, done<suppression> then) {
  lines_.writes.call<suppression>(
    "add_suppression", std::move(then),
    [this, what = std::move(what)]() -> result<suppression> { return model_.add_suppression(what); });
}

void model_control_store::remove_suppression(space where, std::string id, done<suppression> then) {
  lines_.writes.call<suppression>(
    "remove_suppression", std::move(then),
    [this, where = std::move(where), id = std::move(id)] { return model_.remove_suppression(where, id); });
}

void model_control_store::list_suppressions(space where, std::optional<channel> on, std::string after,
                                            std::size_t limit, done<std::vector<suppression>> then) {
  lines_.door_reads.call<std::vector<suppression>>("list_suppressions", std::move(then),
                                                   [this, where = std::move(where), on = std::move(on),
                                                    after = std::move(after),
                                                    limit = std::move(limit)]() -> result<std::vector<suppression>> {
                                                     return model_.list_suppressions(where, on, after, limit);
                                                   });
}

void model_control_store::suppressions_of(space where, addresses whom, done<std::vector<suppression>> then) {
  lines_.door_reads.call<std::vector<suppression>>(
    "suppressions_of", std::move(then),
    [this, where = std::move(where), whom = std::move(whom)]() -> result<std::vector<suppression>> {
      auto found = model_.list_suppressions(where, {}, "", std::numeric_limits<std::size_t>::max());
      std::erase_if(found, [&](const suppression& s) {
        return std::none_of(whom.begin(), whom.end(), [&](auto& a) {
          return a.first == s.channel && ledger_address(a.first, a.second) == s.address;
        });
      });
      return found;
    });
}

void model_control_store::add_key(api_key what, done<api_key> then) {
  lines_.writes.call<api_key>("add_key", std::move(then),
                              [this, what = std::move(what)]() -> result<api_key> { return model_.add_key(what); });
}

void model_control_store::revoke_key(std::string tenant, std::string id, done<ok_t> then) {
  lines_.writes.call<ok_t>("revoke_key", std::move(then), [this, tenant = std::move(tenant), id = std::move(id)] {
    return model_.revoke_key(tenant, id);
  });
}

void model_control_store::list_keys(std::string tenant, done<std::vector<api_key>> then) {
  lines_.door_reads.call<std::vector<api_key>>(
    "list_keys", std::move(then),
    [this, tenant = std::move(tenant)]() -> result<std::vector<api_key>> { return model_.list_keys(tenant); });
}

void model_control_store::get_setting(std::string feature, done<versioned_json> then) {
  lines_.door_reads.call<versioned_json>("get_setting", std::move(then),
                                         [this, feature = std::move(feature)] { return model_.get_setting(feature); });
}

void model_control_store::put_setting(std::string feature, std::string config, bool enabled, version_bond if_match,
                                      done<versioned_json> then) {
  lines_.writes.call<versioned_json>("put_setting", std::move(then),
                                     [this, feature = std::move(feature), config = std::move(config), enabled,
                                      if_match] { return model_.put_setting(feature, config, enabled, if_match); });
}

void model_control_store::breaker_orders(done<orders> then) {
  lines_.door_reads.call<orders>("breaker_orders", std::move(then),
                                 [this]() -> result<orders> { return model_.breaker_orders(); });
}

void model_control_store::put_breaker_order(std::string provider, breaker_order order, std::string, done<ok_t> then) {
  lines_.writes.call<ok_t>("put_breaker_order", std::move(then),
                           [this, provider = std::move(provider), order]() -> status_result {
                             model_.put_breaker_order(provider, order);
                             return ok;
                           });
}

// ---------------------------------------------------------------- inbox

void model_inbox_store::add(inbox_item what, done<ok_t> then) {
  lines_.writes.call<ok_t>("add", std::move(then), [this, what = std::move(what)]() -> status_result {
    model_.add(what);
    return ok;
  });
}

void model_inbox_store::list(space where, std::string user_id, std::string state, std::optional<uuid> before,
                             std::size_t limit, done<std::vector<inbox_item>> then) {
  lines_.door_reads.call<std::vector<inbox_item>>(
    "list", std::move(then),
    [this, where = std::move(where), user_id = std::move(user_id), state = std::move(state), before = std::move(before),
     limit = std::move(limit)] { return model_.list(where, user_id, state, before, limit); });
}

void model_inbox_store::counts(space where, std::string user_id, done<inbox_counts> then) {
  lines_.door_reads.call<inbox_counts>(
    "counts", std::move(then),
    [this, where = std::move(where), user_id = std::move(user_id)]() -> result<inbox_counts> {
      return model_.counts(where, user_id);
    });
}

void model_inbox_store::mark(space where, std::string user_id, uuid delivery_id, std::string state,
                             done<inbox_item> then) {
  lines_.writes.call<inbox_item>(
    "mark", std::move(then),
    [this, where = std::move(where), user_id = std::move(user_id), delivery_id, state = std::move(state)] {
      return model_.mark(where, user_id, delivery_id, state);
    });
}

void model_inbox_store::read_all(space where, std::string user_id, done<std::vector<inbox_item>> then) {
  lines_.writes.call<std::vector<inbox_item>>(
    "read_all", std::move(then),
    [this, where = std::move(where), user_id = std::move(user_id)]() -> result<std::vector<inbox_item>> {
      return model_.read_all(where, user_id, read_at_once);
    });
}

void model_inbox_store::erase(space where, std::string user_id, done<ok_t> then) {
  lines_.writes.call<ok_t>("erase", std::move(then),
                           [this, where = std::move(where), user_id = std::move(user_id)]() -> status_result {
                             model_.erase(where, user_id);
                             return ok;
                           });
}

} // namespace carillon::sim
