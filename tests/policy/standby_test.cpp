#include "actors/policy/standby.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

constexpr sys_time now{std::chrono::hours{500'000}};

delivery_work one(channel on, delivery_status status = delivery_status::queued) {
  delivery_work w;
  w.d.channel = on;
  w.d.status = status;
  w.d.history.push_back({status, now, {}, {}});
  return w;
}

std::vector<delivery_work> request(std::initializer_list<std::pair<channel, delivery_status>> rows) {
  std::vector<delivery_work> all;
  for (auto& [on, status] : rows)
    all.push_back(one(on, status));
  return all;
}

using enum delivery_status;
constexpr auto email = channel::email;
constexpr auto push = channel::push;
constexpr auto sms = channel::sms;

} // namespace

TEST_CASE("the channels after the first usable one stand by, with a reason") {
  auto all = request({{email, suppressed}, {push, queued}, {push, queued}, {sms, queued}});
  stand_by(all, now);
  CHECK_FALSE(all[0].d.standby);
  CHECK_FALSE(all[1].d.standby);
  CHECK_FALSE(all[2].d.standby); // the same channel: another device
  CHECK(all[3].d.standby);
  CHECK(all[3].d.status == scheduled);
  CHECK_FALSE(all[3].d.due);
  CHECK(all[3].d.decision.rule == "routing.first");
  CHECK(all[3].d.history.size() == 1);
}

TEST_CASE("a standby takes over when everything before it has ended, as a whole channel") {
  auto all = request({{email, queued}, {push, queued}, {push, queued}, {sms, queued}});
  stand_by(all, now);
  all[0].d.status = suppressed; // a limit dropped it
  CHECK(release_standby(all, now));
  CHECK(all[1].d.status == queued);
  CHECK(all[2].d.status == queued);
  CHECK(all[3].d.standby);
  CHECK_FALSE(release_standby(all, now)); // push is under way
  all[1].d.status = failed;
  CHECK_FALSE(release_standby(all, now));
  all[2].d.status = suppressed;
  CHECK(release_standby(all, now));
  CHECK(all[3].d.status == queued);
  CHECK_FALSE(release_standby(all, now));
}

TEST_CASE("what only waits for a time keeps the standbys waiting") {
  auto all = request({{email, scheduled}, {sms, queued}});
  stand_by(all, now);
  CHECK_FALSE(release_standby(all, now));
}
