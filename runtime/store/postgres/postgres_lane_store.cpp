#include "runtime/store/postgres/postgres_lane_store.hpp"

#include <algorithm>

#include "messages/transitions.hpp"
#include "runtime/store/filing.hpp"
#include "runtime/store/postgres/day_partitions.hpp"
#include "runtime/store/postgres/reads.hpp"

namespace carillon {
namespace {

constexpr std::size_t rows_of_step = 1'000;
constexpr auto way_to_accept = std::chrono::minutes{1}; // of a request from its decision to accept
constexpr auto step_of_clock = std::chrono::seconds{1};

} // namespace

postgres_lane_store::postgres_lane_store(postgres_lane_config config, const wall_clock& clock, store_observer& watch)
    : config_(std::move(config)),
      clock_(clock),
      writer_(
        config_.where, config_.whose, watch,
        [this](auto& batch) {
          lane_batch{writer_.now(), clock_, config_.idempotency_ttl}.run(batch);
        },
        [this] { upkeep(); }),
      engine_reads_(config_.where, config_.where.name + "-r", config_.whose),
      door_reads_(config_.where, config_.where.name + "-d", config_.whose) {
  session in{config_.where};
  in.begin();
  make_days(in, config_.where.schema, clock_.now());
  auto newest = in.run("SELECT greatest((SELECT max(key) FROM notification), (SELECT max(key) FROM delivery)), "
                       "(SELECT max(changed_at) FROM delivery_open WHERE status < 4)");
  newest_key_ = newest[0][0].is_null() ? 0 : newest[0][0].as<row_key>();
  latest_seen_ = newest[0][1].is_null() ? 0 : newest[0][1].as<std::int64_t>();
  in.commit();
}

row_key postgres_lane_store::retained() const {
  return first_key_at(clock_.now() - config_.retention);
}

/// Rows were written at an instant that has not come by the clock that shows `now`.
bool postgres_lane_store::was_set_back(sys_time now) {
  auto seen = latest_seen_.load();
  while (micros(now) > seen && !latest_seen_.compare_exchange_weak(seen, micros(now))) {
  }
  return sys_time{duration{seen}} > now + step_of_clock;
}

// ---------------------------------------------------------------- writes

template <class T, class Work>
void postgres_lane_store::submit(done<T> then, Work work) {
  writer_.submit<T>(std::move(then), [this, work = std::move(work)]() -> result<T> {
    postgres_table rows{writer_.now()};
    return work(rows);
  });
}

void postgres_lane_store::accept(acceptance what, done<receipt> then) {
  writer_.submit(std::make_unique<accept_call>(std::move(what), std::move(then)));
}

void postgres_lane_store::start(std::vector<attempt_start> what, done<std::vector<row_key>> then) {
  writer_.submit(std::make_unique<start_call>(std::move(what), std::move(then)));
}

void postgres_lane_store::update(delivery_update what, done<update_result> then) {
  writer_.submit(std::make_unique<update_call>(std::move(what), std::move(then)));
}

void postgres_lane_store::recall(space where, idempotency_claim what, done<std::optional<receipt>> then) {
  writer_.submit<std::optional<receipt>>(std::move(then), [this, where = std::move(where), what = std::move(what)] {
    return lane_batch::recall(writer_.now(), where, what, clock_.now() - config_.idempotency_ttl);
  });
}

void postgres_lane_store::cancel(space where, uuid id, sys_time now, done<notification_view> then) {
  submit<notification_view>(std::move(then), [where = std::move(where), id, now](auto& rows) {
    return carillon::cancel(rows, where, id, now);
  });
}

void postgres_lane_store::resolve(space where, uuid id, uuid delivery_id, delivery_status to, decision why,
                                  sys_time now, done<delivery> then) {
  submit<delivery>(std::move(then),
                   [where = std::move(where), id, delivery_id, to, why = std::move(why), now](auto& rows) {
                     return carillon::resolve(rows, where, id, delivery_id, to, why, now);
                   });
}

void postgres_lane_store::engage(space where, uuid id, std::optional<uuid> delivery_id, engagement what, sys_time,
                                 done<ok_t> then) {
  submit<ok_t>(std::move(then), [where = std::move(where), id, delivery_id, what](auto& rows) {
    return carillon::engage(rows, where, id, delivery_id, what);
  });
}

void postgres_lane_store::redrive(std::vector<row_key> keys, decision why, sys_time now,
                                  done<std::vector<delivery>> then) {
  using queued = std::vector<delivery>;
  submit<queued>(std::move(then), [keys = std::move(keys), why = std::move(why), now](auto& rows) -> result<queued> {
    return carillon::redrive(rows, keys, why, now);
  });
}

void postgres_lane_store::barrier(done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), []() -> status_result { return ok; });
}

// ---------------------------------------------------------------- erasing a person

/// Says farewell first, so that what is on its way is refused; then blanks in steps, each in a batch of its own.
void postgres_lane_store::erase(space where, std::string user_id, done<ok_t> then) {
  auto begin = [this, where, user_id, then = std::move(then)](status_result said) {
    if (!said)
      return then(std::move(said));
    erase_on(where, user_id, then);
  };
  writer_.submit<ok_t>(std::move(begin), [this, where, user_id]() -> status_result {
    writer_.now().run("INSERT INTO farewell(tenant, mode, user_id, at) VALUES($1, $2, $3, $4) "
                      "ON CONFLICT (tenant, mode, user_id) DO UPDATE SET at = greatest(farewell.at, excluded.at)",
                      pqxx::params{where.tenant, std::string{to_string(where.mode)}, user_id, micros(clock_.now())});
    return ok;
  });
}

void postgres_lane_store::erase_on(space where, std::string user_id, done<ok_t> then) {
  auto go_on = [this, where, user_id, then = std::move(then)](result<bool> more) {
    if (!more)
      return then(more.error());
    if (*more)
      return erase_on(where, user_id, then);
    then(ok);
  };
  writer_.submit<bool>(std::move(go_on),
                       [this, where, user_id]() -> result<bool> { return erase_some(where, user_id); });
}

bool postgres_lane_store::erase_some(const space& where, const std::string& user_id) {
  auto& in = writer_.now();
  postgres_table rows{in};
  auto keys = in.run("SELECT key FROM notification WHERE tenant = $1 AND mode = $2 AND user_id = $3 AND NOT erased "
                     "LIMIT $4",
                     pqxx::params{where.tenant, std::string{to_string(where.mode)}, user_id, rows_of_step / 10});
  for (const auto& row : keys) {
    auto n = rows.load_notification(row[0].as<row_key>());
    for (auto& d : rows.deliveries_of(*n)) {
      row_guard guard{d.status, d.attempts.size(), false};
      if (may_move(d.status, delivery_status::cancelled))
        move_to(d, delivery_status::cancelled, clock_.now(), {"person.erased", ""});
      scrub(d);
      rows.write(d, guard);
      in.run("UPDATE delivery SET erased = true WHERE key = $1", pqxx::params{d.key});
    }
    in.run("UPDATE notification SET doc = '{}', erased = true WHERE key = $1", pqxx::params{n->key});
  }
  return !keys.empty();
}

// ---------------------------------------------------------------- upkeep

/// On the writer's thread, about once a second, in a transaction of its own.
void postgres_lane_store::upkeep() {
  auto& in = writer_.now();
  auto now = clock_.now();
  if (auto today = std::chrono::floor<std::chrono::days>(now); today != made_until_) {
    make_days(in, config_.where.schema, now);
    made_until_ = today;
  }
  drop_days(in, config_.where.schema, now - config_.retention, rows_of_step);
  in.run("DELETE FROM idempotency_key WHERE (tenant, mode, key) IN (SELECT tenant, mode, key FROM idempotency_key "
         "WHERE kept_at < $1 LIMIT $2)",
         pqxx::params{micros(now - config_.idempotency_ttl), rows_of_step});
  in.run("DELETE FROM farewell WHERE at < $1", pqxx::params{micros(now - way_to_accept)});
}

void postgres_lane_store::catch_up(done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), [this]() -> status_result {
    upkeep();
    return ok;
  });
}

// ---------------------------------------------------------------- reads for the engine

void postgres_lane_store::pull(pull_request what, done<pull_result> then) {
  engine_reads_.submit<pull_result>(std::move(then), [this, what = std::move(what)](auto& in) {
    return carillon::pull(in, what, was_set_back(what.now));
  });
}

void postgres_lane_store::in_flight(std::string provider, row_key after, std::size_t limit,
                                    done<std::vector<pulled>> then) {
  engine_reads_.submit<std::vector<pulled>>(std::move(then), [provider = std::move(provider), after, limit](auto& in) {
    return carillon::in_flight(in, provider, after, limit);
  });
}

void postgres_lane_store::queues(done<std::vector<queue_state>> then) {
  engine_reads_.submit<std::vector<queue_state>>(std::move(then), [this](auto& in) {
    auto now = clock_.now();
    return queue_states(in, now, was_set_back(now));
  });
}

void postgres_lane_store::due_between(sys_time from, sys_time until, std::size_t limit,
                                      done<std::vector<due_entry>> then) {
  engine_reads_.submit<std::vector<due_entry>>(
    std::move(then), [from, until, limit](auto& in) { return carillon::due_between(in, from, until, limit); });
}

void postgres_lane_store::recent_attempts(sys_time since, sys_time now, done<limit_history> then) {
  engine_reads_.submit<limit_history>(std::move(then),
                                      [since, now](auto& in) { return carillon::recent_attempts(in, since, now); });
}

void postgres_lane_store::expired_held(sys_time now, std::size_t limit, done<std::vector<pulled>> then) {
  engine_reads_.submit<std::vector<pulled>>(std::move(then),
                                            [now, limit](auto& in) { return carillon::expired_held(in, now, limit); });
}

// ---------------------------------------------------------------- reads for doors

void postgres_lane_store::find(space where, uuid id, done<notification_view> then) {
  door_reads_.submit<notification_view>(
    std::move(then), [this, where = std::move(where), id](auto& in) { return find_view(in, where, id, retained()); });
}

void postgres_lane_store::list(notification_filter what, done<notification_page> then) {
  door_reads_.submit<notification_page>(
    std::move(then), [this, what = std::move(what)](auto& in) { return list_page(in, what, retained()); });
}

void postgres_lane_store::dead_letters(dead_letter_filter what, done<dead_letter_page> then) {
  door_reads_.submit<dead_letter_page>(
    std::move(then), [this, what = std::move(what)](auto& in) { return dead_letter_list(in, what, retained()); });
}

void postgres_lane_store::backlog(done<backlog_view> then) {
  door_reads_.submit<backlog_view>(std::move(then), [](auto& in) { return carillon::backlog(in); });
}

} // namespace carillon
