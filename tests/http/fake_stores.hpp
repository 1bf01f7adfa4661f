// Stores that are maps, with the calls the HTTP door makes.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "messages/ports.hpp"

namespace carillon::test {

inline fault nothing_here() {
  return {errc::not_found, "nothing of that id"};
}
inline fault unused() {
  return {errc::internal_error, "the fake engine has no such call"};
}

/// Finished notifications by id; cancels and redrives what it is told to.
class fake_lane_store final : public lane_store {
public:
  void accept(acceptance, done<receipt> then) override { then(unused()); }
  void recall(space, idempotency_claim, done<std::optional<receipt>> then) override { then(unused()); }
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
  void recent_attempts(sys_time, sys_time, done<limit_history> then) override { then(unused()); }
  void expired_held(sys_time, std::size_t, done<std::vector<pulled>> then) override { then(unused()); }
  void find(space where, uuid id, done<notification_view> then) override {
    std::scoped_lock guard{mutex};
    auto* found = unreadable ? nullptr : at(where, id);
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

  std::atomic<bool> unreadable = false; ///< what is there is not found
  std::recursive_mutex mutex;           ///< callbacks run under it and may come back
  std::map<row_key, notification_view> rows;
  std::vector<pulled> dead; ///< ascending by key
  std::vector<row_key> redriven;
  std::vector<std::string> erased;
};

class fake_control_store final : public control_store {
public:
  using user_key = std::pair<space, std::string>;

  void find_person(lane, space where, std::string id, std::vector<std::pair<channel, std::string>>,
                   done<person> then) override {
    std::scoped_lock guard{mutex};
    auto found = users.find({where, id});
    auto stored = found != users.end();
    then(person{
      stored ? std::make_shared<const user>(found->second) : nullptr, {}, !stored && tombstones.contains({where, id})});
  }
  void get_user(space where, std::string id, done<user_ptr> then) override {
    std::scoped_lock guard{mutex};
    auto found = users.find({where, id});
    found == users.end() ? then(nothing_here()) : then(std::make_shared<const user>(found->second));
  }
  void put_user(user what, user_part part, version_bond if_match, done<user_ptr> then) override {
    std::scoped_lock guard{mutex};
    if (faster_writers > 0) {
      --faster_writers;
      return then(fault{errc::version_mismatch, "another version stands"});
    }
    auto& kept = users[{what.space, what.id}];
    auto& version = part == user_part::preferences ? kept.preferences_version : kept.version;
    if (!fulfils(if_match, version)) {
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
    users.erase({where, id});
    tombstones.insert({where, id});
    then(ok);
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
  void suppressions_of(space where, std::vector<std::pair<channel, std::string>> whom,
                       done<std::vector<suppression>> then) override {
    std::scoped_lock guard{mutex};
    std::vector<suppression> out;
    for (auto& [on, address] : whom)
      for (auto& s : suppressions)
        if (s.space == where && s.channel == on && s.address == address)
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
  void put_setting(std::string feature, std::string config, bool enabled, version_bond if_match,
                   done<versioned_json> then) override {
    std::scoped_lock guard{mutex};
    auto& kept = settings[feature];
    if (!fulfils(if_match, kept.version))
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
  std::set<user_key> tombstones;
  int faster_writers = 0; ///< so many writes find that somebody changed the person just before
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
  void list(space where, std::string user_id, std::string state, std::optional<uuid> before, std::size_t limit,
            done<std::vector<inbox_item>> then) override {
    std::scoped_lock guard{mutex};
    std::vector<inbox_item> out;
    for (auto it = items.rbegin(); it != items.rend() && out.size() < limit; ++it)
      if (it->space == where && it->user_id == user_id && (state.empty() || it->state == state)
          && (!before || it->delivery_id < *before))
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

} // namespace carillon::test
