// Calls to endpoints that are people's own: what one of them does must not be felt
// by the others. The rule itself is tested in tests/policy/endpoint_share_test.cpp.
#include "actors/policy/follow_up.hpp"
#include "tests/actors/provider_fixture.hpp"

using namespace carillon;
using namespace carillon::test;
using namespace std::chrono_literals;

namespace {

struct provider_endpoint_test : provider_fixture {
  provider_endpoint_test() {
    how.slots = 16;
    how.options.protocol = "webhook";
    how.options.channel = channel::webhook;
    how.options.signing_secrets = {secret{"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"}};
    how.options.breaker.consecutive = 3;
    how.options.breaker.open_for = 30s;
  }
  void call_endpoint(std::uint64_t epoch, std::string url, int number) {
    auto w = work(epoch, number);
    w->d.channel = channel::webhook;
    w->d.address = std::move(url);
    send(subject, send_atom_v, w);
  }
  void answer_status(int status, std::vector<header> headers = {}) {
    wire_answer with;
    with.status = status;
    with.headers = std::move(headers);
    answer(std::move(with));
  }
  void ask_for_pause() { answer_status(429, {{"retry-after", "20"}}); }
  /// The next report, which has to be of work that was handed back.
  report_ptr handed_back() {
    auto r = reported();
    CHECK_FALSE(r->attempted);
    return r;
  }
};

} // namespace

TEST_CASE_METHOD(provider_endpoint_test, "people's broken endpoints do not open the breaker that everybody shares") {
  auto given = begin();
  for (int i = 1; i <= 4; ++i) {
    call_endpoint(given.epoch, "https://broken" + std::to_string(i) + ".example/hook", i);
    answer(broken(wire_answer::failure::no_answer));
    CHECK(outcome_of(reported()) == outcome::ambiguous);
  }
  CHECK(look().breaker == breaker_state::closed);
}

TEST_CASE_METHOD(provider_endpoint_test, "a throttling endpoint is paused alone") {
  auto given = begin();
  call_endpoint(given.epoch, "https://slow.example/hook", 1);
  ask_for_pause();
  CHECK(outcome_of(reported()) == outcome::throttled);
  CHECK(credits() == 0);

  call_endpoint(given.epoch, "https://slow.example/hook", 2);
  CHECK(vendors.calls.made() == 1);
  auto r = reported();
  CHECK_FALSE(r->attempted);
  CHECK(r->not_before == start_of_tests + 20s);
  CHECK(r->not_attempted.rule == "endpoint.paused");
  CHECK(look().in_flight == 2);
  settle(2);
  CHECK(newest_credit().slots == 1);

  call_endpoint(given.epoch, "https://quick.example/hook", 3);
  CHECK(vendors.calls.made() == 2);
  advance(20s);
  call_endpoint(given.epoch, "https://slow.example/hook", 4);
  CHECK(vendors.calls.made() == 3);
}

TEST_CASE_METHOD(provider_endpoint_test, "an endpoint that hangs holds its share of the slots, and others go on") {
  auto given = begin();
  for (int i = 1; i <= 3; ++i)
    call_endpoint(given.epoch, "https://hangs.example/" + std::to_string(i), i);
  CHECK(vendors.calls.made() == 2); // an eighth of 16
  auto r = handed_back();
  CHECK(r->not_attempted.rule == "endpoint.busy");
  CHECK(r->not_before > start_of_tests);
  CHECK(*slots_returned == 0);
  settle(3);
  CHECK(newest_credit().slots == 1);

  call_endpoint(given.epoch, "https://quick.example/", 4);
  CHECK(vendors.calls.made() == 3);
  advance(10s);
  call_endpoint(given.epoch, "https://HANGS.example:443/", 5);
  CHECK(vendors.calls.made() == 3);
  CHECK(handed_back()->not_before >= clock.now() + 1s); // it hangs longer, so it waits longer
}

TEST_CASE_METHOD(provider_endpoint_test, "the share can be set") {
  how.options.max_per_endpoint = 5;
  auto given = begin();
  for (int i = 1; i <= 6; ++i)
    call_endpoint(given.epoch, "https://hangs.example/", i);
  CHECK(vendors.calls.made() == 5);
}

TEST_CASE_METHOD(provider_endpoint_test, "a healthy endpoint that is alone may use every slot") {
  auto given = begin();
  int number = 0;
  for (int round = 0; round < 30; ++round) {
    call_endpoint(given.epoch, "https://quick.example/", ++number);
    answer_status(200);
    settle(number);
    given = newest_credit();
  }
  for (int i = 0; i < 16; ++i)
    call_endpoint(given.epoch, "https://quick.example/", ++number);
  CHECK(vendors.calls.made() == 30 + 16);
}

TEST_CASE_METHOD(provider_endpoint_test, "an endpoint that fails is left alone, then probed by one call at a time") {
  auto given = begin();
  for (int i = 1; i <= 3; ++i) {
    call_endpoint(given.epoch, "https://broken.example/" + std::to_string(i), i);
    i % 2 == 0 ? answer(broken(wire_answer::failure::not_sent)) : answer_status(503);
    CHECK(reported()->attempted);
  }
  call_endpoint(given.epoch, "https://broken.example/", 4);
  auto r = handed_back();
  CHECK(r->not_attempted.rule == endpoint_failing);
  CHECK(r->not_before == start_of_tests + 1s);
  call_endpoint(given.epoch, "https://broken.example:444/", 5);
  CHECK(vendors.calls.made() == 4);
  advance(1s);
  call_endpoint(given.epoch, "https://broken.example/", 6);
  call_endpoint(given.epoch, "https://broken.example/", 7);
  CHECK(vendors.calls.made() == 5);
  CHECK(handed_back()->not_attempted.rule == endpoint_failing);
  CHECK(look().breaker == breaker_state::closed);
}

TEST_CASE_METHOD(provider_endpoint_test,
                 "an endpoint that refuses messages, or that may not be called, does not fail") {
  auto given = begin();
  for (int i = 1; i <= 8; ++i) {
    call_endpoint(given.epoch, "https://picky.example/", i);
    i % 2 == 0 ? answer_status(404) : answer(broken(wire_answer::failure::refused_address));
    CHECK(reported()->attempted);
  }
}

TEST_CASE_METHOD(provider_endpoint_test, "a call that cannot be made takes nothing of its endpoint's share") {
  auto given = begin();
  for (int i = 1; i <= 3; ++i) {
    call_endpoint(given.epoch, "no url", i);
    CHECK(outcome_of(reported()) == outcome::bad_address);
  }
}

TEST_CASE_METHOD(provider_endpoint_test, "work that is handed back costs nothing of the provider's rate") {
  how.options.rate = 20; // a burst of 2, then one each 50 ms
  auto given = begin();
  call_endpoint(given.epoch, "https://slow.example/hook", 1);
  ask_for_pause();
  status_sink_peer.clear();
  settle(1);
  CHECK(credits() == 0);
  for (int i = 2; i <= 10; ++i) {
    call_endpoint(given.epoch, "https://slow.example/hook", i);
    handed_back();
    settle(i);
    given = newest_credit(); // its token is there again at once
  }
}
