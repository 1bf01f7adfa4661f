// A provider with its peers played by probes; its dispatcher's side is played by
// the test: it grants slots to work and sees credit come and go.
#pragma once

#include "actors/provider.hpp"
#include "tests/helpers/lane_fixture.hpp"

namespace carillon::test {

struct provider_fixture : lane_fixture {
  struct credit {
    std::uint64_t epoch = 0;
    std::size_t slots = 0;
  };
  std::shared_ptr<notification> n = sample_notification();
  provider_config how;
  provider_actor subject;
  std::shared_ptr<int> slots_returned = std::make_shared<int>(0); ///< to the dispatcher, by work itself

  provider_fixture() {
    store.is_empty();
    how.options.name = "first";
    how.options.protocol = "smtp";
    how.options.channel = channel::email;
    how.options.base_url = "smtp://127.0.0.1:25";
    how.options.from = "carillon@example.org";
    how.slots = 3;
  }
  /// Starts it and lets it recover; answers the credit it gives out then.
  credit begin() {
    subject = start(provider, how);
    newest_pause();
    return newest_credit();
  }
  std::size_t pauses() const { return dispatcher_peer.count<std::string, std::uint64_t>(pause_atom_v); }
  /// Takes all that came; the epoch of the last one.
  std::uint64_t newest_pause() {
    REQUIRE(pauses() > 0);
    std::uint64_t last = 0;
    while (pauses() > 0)
      last = std::get<1>(dispatcher_peer.take<std::string, std::uint64_t>(pause_atom_v));
    return last;
  }
  std::size_t credits() const { return dispatcher_peer.count<std::string, std::uint64_t, std::size_t>(credit_atom_v); }
  credit next_credit() {
    auto [name, epoch, n_slots] = dispatcher_peer.take<std::string, std::uint64_t, std::size_t>(credit_atom_v);
    CHECK(name == "first");
    return {epoch, n_slots};
  }
  /// Takes all that came; the last one holds.
  credit newest_credit() {
    REQUIRE(credits() > 0);
    credit last;
    while (credits() > 0)
      last = next_credit();
    return last;
  }

  /// Started work with a slot of that epoch.
  work_ptr work(std::uint64_t epoch, int number = 1) const {
    auto w = std::make_shared<delivery_work>();
    w->n = n;
    w->d = started_delivery(*n, "first", number);
    w->slot = slot{"first", epoch, [count = slots_returned] { ++*count; }};
    return w;
  }
  void call(std::uint64_t epoch, int number = 1) { send(subject, send_atom_v, work(epoch, number)); }
  void answer(wire_answer with) {
    vendors.calls.answer(std::move(with));
    run();
  }
  void answer(int smtp_code) {
    wire_answer with;
    with.status = smtp_code;
    with.body = std::to_string(smtp_code) + " said the server";
    answer(std::move(with));
  }
  static wire_answer broken(wire_answer::failure why) {
    wire_answer out;
    out.why = why;
    return out;
  }
  report_ptr reported() { return status_sink_peer.take<report_ptr>(report_atom_v); }
  outcome outcome_of(const report_ptr& r) const { return r->d.attempts.back().outcome.value(); }
  void settle(int number = 1) { send(subject, settle_atom_v, n->key + number); }
  /// One call from start to durable outcome.
  void complete(std::uint64_t epoch, int smtp_code, int number = 1) {
    call(epoch, number);
    answer(smtp_code);
    settle(number);
  }
  provider_view look() { return ask<provider_view>(subject, look_atom_v); }
};

} // namespace carillon::test
