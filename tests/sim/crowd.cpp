// Requests: who sends what to whom, and what becomes of an answer.
#include "tests/sim/crowd.hpp"

#include <array>

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::array ways{channel::email, channel::webhook, channel::sms, channel::in_app};
constexpr int most_repeats = 6;

/// The error means: nothing was kept, and the same request may be sent again.
bool worth_repeating(const fault& why) {
  auto status = status_of(why.code);
  return status == 503 || status == 507 || why.code == errc::key_in_flight;
}

} // namespace

void crowd::gather() {
  auto& chance = around_.chance;
  for (int i = 1; i <= around_.plan.people; ++i)
    if (chance.chance(0.7))
      around_.todo.in(chance.between(0us, around_.plan.busy / 4), [this] { change_profile(); });
  auto requests = around_.plan.requests;
  for (int sent = 0; sent < requests;) {
    auto together = chance.chance(0.1) ? static_cast<int>(chance.between(2, 20)) : 1;
    sent += together;
    around_.todo.in(chance.between(0us, around_.plan.busy), [this, together] {
      auto same = around_.chance.chance(0.4) ? write_letter() : nullptr;
      for (int i = 0; i < together; ++i)
        send(same && !same->claim ? same : write_letter());
    });
  }
  often(requests / 20, &crowd::explain);
  often(requests / 10, &crowd::change_profile);
  often(requests / 6, &crowd::change_preferences);
  often(requests / 20, &crowd::suppress);
  often(requests / 20, &crowd::forgive);
  often(requests / 60, &crowd::erase);
  often(requests / 8, &crowd::cancel);
  often(requests / 20, &crowd::engage);
  often(requests / 10, &crowd::resolve);
  often(around_.plan.bad.breaker_orders, &crowd::order_breaker);
  often(around_.plan.bad.switches, &crowd::flip_switch);
  for (int i = 0; i < requests / 15; ++i)
    around_.todo.in(chance.between(0us, around_.plan.busy),
                    [this, l = chance.chance(0.3) ? lane::critical : lane::bulk] { redrive(l); });
}

void crowd::often(int count, void (crowd::*what)()) {
  for (int i = 0; i < count; ++i)
    around_.todo.in(around_.chance.between(0us, around_.plan.busy), [this, what] {
      if (engine_)
        (this->*what)();
    });
}

std::string crowd::somebody() const {
  return "u_" + std::to_string(around_.chance.between(1, around_.plan.people));
}

void crowd::address(command& what) {
  auto& chance = around_.chance;
  if (what.type == "either" || chance.chance(0.1))
    return; // the type's channels, or wherever the person can be reached
  for (auto on : ways)
    if (chance.chance(0.4))
      what.channels.push_back(on);
  if (what.channels.empty())
    what.channels.push_back(ways.at(chance.below(ways.size())));
}

crowd::letter_ptr crowd::write_letter() {
  auto& chance = around_.chance;
  if (!sent_.empty() && chance.chance(0.08))
    return chance.one_of(sent_); // once more the same, with its key where it has one
  static const std::vector<std::string> types{"order", "order", "order",  "otp",   "alarm",
                                              "news",  "legal", "payout", "brief", "either"};
  auto what = std::make_shared<letter>();
  auto& c = what->what;
  c.type = chance.one_of(types);
  c.user_id = somebody();
  address(c);
  c.content.title = "Hello";
  c.content.body = "World";
  if (chance.chance(0.05))
    what->where.mode = mode::test;
  if (chance.chance(0.4) || what->where.mode == mode::test) {
    c.to.email = c.user_id + "@example.org";
    c.to.phone = "+49" + c.user_id.substr(2);
    c.to.webhook = "https://" + c.user_id.substr(2) + ".example/hook";
  }
  auto now = around_.clock.wall();
  if (chance.chance(0.15))
    c.send_at = now + chance.between(-1s, 30s);
  if (chance.chance(0.1))
    c.expires_at = std::max(now, c.send_at.value_or(now)) + chance.between(100ms, 40s);
  if (chance.chance(0.05))
    c.priority = static_cast<priority>(chance.below(4));
  auto type = around_.plan.config.types.find(c.type);
  what->way = lane_of(c.priority.value_or(type->second.priority));
  if (chance.chance(0.5)) {
    what->claim.emplace();
    what->claim->key = "key-" + std::to_string(sent_.size());
    what->claim->digest.fill(static_cast<std::uint8_t>(sent_.size()));
    sent_.push_back(what);
  }
  return what;
}

void crowd::send(letter_ptr what) {
  if (!engine_)
    return;
  auto request = std::make_shared<intake>();
  request->command = what->what;
  request->space = what->where;
  request->lane = what->way;
  request->claim = what->claim;
  if (what->claim && what->what.expires_at && *what->what.expires_at <= around_.clock.wall()) // as the door has it
    request->outdated = fault{errc::invalid_request, "expires_at is in the past"};
  request->answer = reply<receipt>{while_alive<receipt>([this, what](const auto& got) { answered(what, got); })};
  if (what->claim && what->repeats++ < most_repeats) // who hears nothing asks again
    around_.todo.in(8s, [this, what, life = around_.life] {
      if (around_.life != life)
        send(what);
    });
  engine_->submit(std::move(request));
}

void crowd::answered(const letter_ptr& what, const result<receipt>& answer) {
  around_.log.note("door", what->what.type, answer ? to_string(answer->id) : std::string{code_of(answer.error().code)});
  if (answer) {
    accepted_.push_back(answer->id);
    book_.accepted(*answer, what->claim ? what->claim->key : "");
    return;
  }
  if (what->claim)
    book_.refused(answer.error(), what->claim->key);
  if (what->claim && what->repeats < most_repeats && worth_repeating(answer.error())) {
    around_.todo.in(around_.chance.between(100ms, 3s), [this, what] { send(what); });
  }
}

void crowd::explain() {
  auto request = std::make_shared<intake>();
  auto what = write_letter();
  request->command = what->what;
  request->space = what->where;
  request->lane = what->way;
  request->explain = reply<explanation>{while_alive<explanation>(
    [this](const auto& got) { around_.log.note("explained", got ? got->deliveries.size() : 0); })};
  engine_->submit(std::move(request));
}

void crowd::probe(lane l, channel on, std::optional<sys_time> send_at) {
  auto what = std::make_shared<letter>();
  auto& c = what->what;
  c.type = "order";
  c.user_id = "stranger_" + std::to_string(next_stranger_++);
  c.channels = {on};
  c.to.email = c.user_id + "@example.org";
  c.to.phone = "+49555" + std::to_string(next_stranger_);
  c.to.webhook = "https://" + std::to_string(next_stranger_) + ".strangers.example/hook";
  c.content.title = "Hello";
  c.priority = l == lane::critical ? priority::high : priority::medium;
  c.send_at = send_at;
  what->way = l;
  send(what);
}

} // namespace carillon::sim
