// The small ports of a process: the clock and telemetry, which may be armed to
// throw, and the two "vendors" inside the engine, the sandbox and the in-app feed,
// whose calls stand in the ledger as those of the vendors outside do.
#pragma once

#include "tests/sim/ledger.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

class fragile_clock final : public wall_clock {
public:
  explicit fragile_clock(surroundings& around) : around_(around) {}
  sys_time now() const override {
    around_.wire.touch();
    return around_.clock.wall();
  }

private:
  surroundings& around_;
};

class fragile_telemetry final : public telemetry {
public:
  fragile_telemetry(surroundings& around, ledger& book) : around_(around), book_(book) {}

  void log(log_level, std::string_view event, log_fields) override { note("log", event); }
  void accepted(lane, std::string_view, duration) override {}
  void rejected(std::string_view) override {}
  void delivery_reached(lane, channel, delivery_status) override { around_.wire.touch(); }
  void attempted(lane l, std::string_view provider, outcome o, duration) override {
    if (o != outcome::accepted)
      book_.shaken(l, provider);
    around_.wire.touch();
  }
  void sent_after(lane, channel, duration) override { around_.wire.touch(); }
  void throttled(lane, std::string_view) override { around_.wire.touch(); }
  void suppressed(channel, std::string_view) override { around_.wire.touch(); }
  void retried(lane, channel) override { around_.wire.touch(); }
  void breaker(lane l, std::string_view provider, breaker_state s) override {
    note("breaker", to_string(l), provider, to_string(s));
  }
  void actor_restarted(lane l, std::string_view actor) override {
    book_.died(l, actor);
    note("died", to_string(l), actor);
  }
  void window(lane l, std::size_t in_use) override { book_.window(l, in_use); }
  void mailbox(lane, std::string_view, std::size_t) override {}
  void preference_cache(bool) override { around_.wire.touch(); }

private:
  template <class... Words>
  void note(std::string_view what, Words... words) {
    around_.log.note(what, words...);
    around_.wire.touch();
  }
  surroundings& around_;
  ledger& book_;
};

/// The lane of a message stands in its notification's id.
class watched_sandbox final : public sandbox_log {
public:
  watched_sandbox(surroundings& around, ledger& book) : around_(around), book_(book), life_(around.life) {}
  void add(sandbox_message what) override {
    around_.wire.touch();
    if (around_.life != life_)
      return;
    auto provider = what.space.mode == mode::test ? "test_sandbox" : "texts";
    book_.took(book_.called(lane_of(what.notification_id), provider, what.delivery_id));
  }

private:
  surroundings& around_;
  ledger& book_;
  std::uint64_t life_;
};

class watched_inbox final : public inbox_store {
public:
  watched_inbox(surroundings& around, ledger& book, inbox_store& store)
      : around_(around), book_(book), store_(store), life_(around.life) {}

  void add(inbox_item what, done<ok_t> then) override {
    if (around_.life != life_)
      return;
    auto id = book_.called(lane_of(what.notification_id), "feed", what.delivery_id);
    store_.add(std::move(what), [id, &book = book_, then = std::move(then)](status_result got) {
      if (got)
        book.took(id);
      then(std::move(got));
    });
  }
  void list(space where, std::string user_id, std::string state, std::optional<uuid> before, std::size_t limit,
            done<std::vector<inbox_item>> then) override {
    store_.list(std::move(where), std::move(user_id), std::move(state), before, limit, std::move(then));
  }
  void counts(space where, std::string user_id, done<inbox_counts> then) override {
    store_.counts(std::move(where), std::move(user_id), std::move(then));
  }
  void mark(space where, std::string user_id, uuid delivery_id, std::string state, done<inbox_item> then) override {
    store_.mark(std::move(where), std::move(user_id), delivery_id, std::move(state), std::move(then));
  }
  void read_all(space where, std::string user_id, done<std::vector<inbox_item>> then) override {
    store_.read_all(std::move(where), std::move(user_id), std::move(then));
  }
  void erase(space where, std::string user_id, done<ok_t> then) override {
    store_.erase(std::move(where), std::move(user_id), std::move(then));
  }

private:
  surroundings& around_;
  ledger& book_;
  inbox_store& store_;
  std::uint64_t life_;
};

} // namespace carillon::sim
