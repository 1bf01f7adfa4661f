// The world around a lane, played by the test: every call an actor makes stands
// in a `script`, named as the port names it. What costs compile time is in the .cpp:
// a first function each, with which the compiler keeps the rest of the class.
#pragma once

#include "tests/helpers/script.hpp"

namespace carillon::test {

/// A plain word for calls whose request is nothing or one name.
struct asked_nothing {};

class scripted_lane_store final : public lane_store {
public:
  struct span {
    sys_time from{}, until{};
    std::size_t limit = 0;
  };
  struct leftovers {
    std::string provider;
    row_key after = 0;
    std::size_t limit = 0;
  };
  script<acceptance, receipt> accepts;
  script<idempotency_claim, std::optional<receipt>> recalls;
  script<std::vector<attempt_start>, std::vector<row_key>> starts;
  script<delivery_update, update_result> updates;
  script<asked_nothing, ok_t> barriers;
  script<pull_request, pull_result> pulls;
  script<leftovers, std::vector<pulled>> in_flights;
  script<asked_nothing, std::vector<queue_state>> queue_lists;
  script<span, std::vector<due_entry>> dues;
  script<sys_time, limit_history> histories;
  script<sys_time, std::vector<pulled>> helds;

  void accept(acceptance what, done<receipt> then) override;
  void recall(space, idempotency_claim what, done<std::optional<receipt>> then) override {
    recalls(std::move(what), std::move(then));
  }
  void start(std::vector<attempt_start> what, done<std::vector<row_key>> then) override {
    starts(std::move(what), std::move(then));
  }
  void update(delivery_update what, done<update_result> then) override { updates(std::move(what), std::move(then)); }
  void barrier(done<ok_t> then) override { barriers({}, std::move(then)); }
  void pull(pull_request what, done<pull_result> then) override { pulls(std::move(what), std::move(then)); }
  void in_flight(std::string provider, row_key after, std::size_t limit, done<std::vector<pulled>> then) override {
    in_flights({std::move(provider), after, limit}, std::move(then));
  }
  void queues(done<std::vector<queue_state>> then) override { queue_lists({}, std::move(then)); }
  void due_between(sys_time from, sys_time until, std::size_t limit, done<std::vector<due_entry>> then) override {
    dues({from, until, limit}, std::move(then));
  }
  void recent_attempts(sys_time since, sys_time, done<limit_history> then) override {
    histories(since, std::move(then));
  }
  void expired_held(sys_time now, std::size_t, done<std::vector<pulled>> then) override { helds(now, std::move(then)); }
  row_key newest_key() const override { return 0; }

  /// Answers what actors ask when they start as an empty store would.
  void is_empty();
  void forget();

  // --- doors' calls
  void cancel(space, uuid, sys_time, done<notification_view> then) override { not_for_actors(then); }
  void resolve(space, uuid, uuid, delivery_status, decision, sys_time, done<delivery> then) override {
    not_for_actors(then);
  }
  void engage(space, uuid, std::optional<uuid>, engagement, sys_time, done<ok_t> then) override {
    not_for_actors(then);
  }
  void redrive(std::vector<row_key>, decision, sys_time, done<std::vector<delivery>> then) override {
    not_for_actors(then);
  }
  void erase(space, std::string, done<ok_t> then) override { not_for_actors(then); }
  void find(space, uuid, done<notification_view> then) override { not_for_actors(then); }
  void list(notification_filter, done<notification_page> then) override { not_for_actors(then); }
  void dead_letters(dead_letter_filter, done<dead_letter_page> then) override { not_for_actors(then); }
  void backlog(done<backlog_view> then) override { not_for_actors(then); }
};

class scripted_control_store final : public control_store {
public:
  struct look_up {
    space where;
    std::string user_id;
    std::vector<std::pair<channel, std::string>> extra;
  };
  script<look_up, person> people;
  script<suppression, suppression> suppressions;

  void find_person(lane, space where, std::string user_id, std::vector<std::pair<channel, std::string>> extra,
                   done<person> then) override;
  void add_suppression(suppression what, done<suppression> then) override {
    suppressions(std::move(what), std::move(then));
  }
  void forget();

  // --- doors' calls
  void get_user(space, std::string, done<user_ptr> then) override { not_for_actors(then); }
  void put_user(user, user_part, version_bond, done<user_ptr> then) override { not_for_actors(then); }
  void erase_user(space, std::string, sys_time, done<ok_t> then) override { not_for_actors(then); }
  void unfinished_erasures(done<std::vector<std::pair<space, std::string>>> then) override { not_for_actors(then); }
  void finish_erasure(space, std::string, done<ok_t> then) override { not_for_actors(then); }
  void remove_suppression(space, std::string, done<suppression> then) override { not_for_actors(then); }
  void list_suppressions(space, std::optional<channel>, std::string, std::size_t,
                         done<std::vector<suppression>> then) override {
    not_for_actors(then);
  }
  void suppressions_of(space, std::vector<std::pair<channel, std::string>>,
                       done<std::vector<suppression>> then) override {
    not_for_actors(then);
  }
  void add_key(api_key, done<api_key> then) override { not_for_actors(then); }
  void revoke_key(std::string, std::string, done<ok_t> then) override { not_for_actors(then); }
  void list_keys(std::string, done<std::vector<api_key>> then) override { not_for_actors(then); }
  void get_setting(std::string, done<versioned_json> then) override { not_for_actors(then); }
  void put_setting(std::string, std::string, bool, version_bond, done<versioned_json> then) override {
    not_for_actors(then);
  }
  void breaker_orders(done<std::vector<std::pair<std::string, breaker_order>>> then) override { not_for_actors(then); }
  void put_breaker_order(std::string, breaker_order, std::string, done<ok_t> then) override { not_for_actors(then); }
};

class scripted_inbox_store final : public inbox_store {
public:
  script<inbox_item, ok_t> items;

  void add(inbox_item what, done<ok_t> then) override;
  void forget();

  // --- doors' calls
  void list(space, std::string, std::string, std::optional<uuid>, std::size_t,
            done<std::vector<inbox_item>> then) override {
    not_for_actors(then);
  }
  void counts(space, std::string, done<inbox_counts> then) override { not_for_actors(then); }
  void mark(space, std::string, uuid, std::string, done<inbox_item> then) override { not_for_actors(then); }
  void read_all(space, std::string, done<std::vector<inbox_item>> then) override { not_for_actors(then); }
  void erase(space, std::string, done<ok_t> then) override { not_for_actors(then); }
};

/// A vendor answers in its own words, so failures are wire answers too.
class scripted_vendors final : public vendor_client {
public:
  script<wire_request, wire_answer> calls;

  void call(wire_request what, std::function<void(wire_answer)> then) override;
  void forget();
};

class recording_sandbox final : public sandbox_log {
public:
  std::vector<sandbox_message> messages;
  void add(sandbox_message what) override;
};

extern template class script<acceptance, receipt>;
extern template class script<std::vector<attempt_start>, std::vector<row_key>>;
extern template class script<delivery_update, update_result>;
extern template class script<asked_nothing, ok_t>;
extern template class script<pull_request, pull_result>;
extern template class script<scripted_lane_store::leftovers, std::vector<pulled>>;
extern template class script<asked_nothing, std::vector<queue_state>>;
extern template class script<scripted_lane_store::span, std::vector<due_entry>>;
extern template class script<sys_time, limit_history>;
extern template class script<sys_time, std::vector<pulled>>;
extern template class script<scripted_control_store::look_up, person>;
extern template class script<suppression, suppression>;
extern template class script<inbox_item, ok_t>;
extern template class script<wire_request, wire_answer>;

} // namespace carillon::test
