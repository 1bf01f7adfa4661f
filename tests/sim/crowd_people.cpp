// What people choose: where they are reached, what they want, when, and to be forgotten.
#include "tests/sim/crowd.hpp"

namespace carillon::sim {

using namespace std::chrono_literals;

void crowd::change_profile() {
  if (!engine_)
    return;
  auto& chance = around_.chance;
  user who;
  who.id = somebody();
  auto number = who.id.substr(2);
  if (chance.chance(0.9))
    who.contacts.email = who.id + (chance.chance(0.1) ? "@new.example.org" : "@example.org");
  if (chance.chance(0.7))
    who.contacts.phone = "+49" + number;
  if (chance.chance(0.7))
    who.contacts.webhook = "https://" + number + ".example/hook";
  who.time_zone = chance.chance(0.5) ? "Europe/Berlin" : "";
  engine_->control().put_user(who, user_part::profile, {}, while_alive<user_ptr>([this, id = who.id](const auto& kept) {
                                around_.log.note("profile", id, kept ? "kept" : "refused");
                                if (kept)
                                  engine_->announce({{}, id, {}});
                              }));
}

void crowd::change_preferences() {
  auto& chance = around_.chance;
  static const std::vector<preference_rule> rules{
    {preference_rule::level::any, "", std::nullopt, true},
    {preference_rule::level::any, "", std::nullopt, false},
    {preference_rule::level::any, "", channel::email, false},
    {preference_rule::level::any, "", channel::webhook, false},
    {preference_rule::level::category, "promotional", std::nullopt, false},
    {preference_rule::level::category, "transactional", channel::sms, false},
    {preference_rule::level::type, "order", std::nullopt, false},
    {preference_rule::level::type, "order", channel::email, true},
    {preference_rule::level::type, "otp", channel::email, false},
    {preference_rule::level::type, "legal", std::nullopt, false},
  };
  user who;
  who.id = somebody();
  for (auto count = chance.below(4); count > 0; --count)
    who.rules.push_back(chance.one_of(rules));
  if (chance.chance(0.5)) {
    auto minute =
      static_cast<int>(std::chrono::floor<std::chrono::minutes>(around_.clock.wall().time_since_epoch()) % 24h / 1min);
    quiet_window window;
    window.start_minute = static_cast<int>((minute + chance.between(-2, 2) + 24 * 60) % (24 * 60));
    window.end_minute = static_cast<int>((window.start_minute + chance.between(1, 3)) % (24 * 60));
    window.time_zone = "UTC";
    who.quiet_hours = window;
  }
  engine_->control().put_user(who, user_part::preferences, {},
                              while_alive<user_ptr>([this, id = who.id](const auto& kept) {
                                around_.log.note("preferences", id, kept ? "kept" : "refused");
                                if (kept)
                                  engine_->announce({{}, id, {}});
                              }));
}

void crowd::suppress() {
  auto& chance = around_.chance;
  suppression what;
  what.id = "s_" + std::to_string(next_suppression_++);
  auto whose = somebody();
  what.channel = chance.chance(0.6) ? channel::email : channel::webhook;
  what.address =
    what.channel == channel::email ? whose + "@example.org" : "https://" + whose.substr(2) + ".example/hook";
  if (chance.chance(0.5))
    what.expires_at = around_.clock.wall() + chance.between(2s, 40s);
  engine_->control().add_suppression(what, while_alive<suppression>([this](const auto& kept) {
                                       around_.log.note("suppressed", kept ? kept->address : "not");
                                       if (!kept)
                                         return;
                                       suppressions_.push_back(*kept);
                                       engine_->announce({kept->space, {}, std::pair{kept->channel, kept->address}});
                                     }));
}

void crowd::forgive() {
  if (suppressions_.empty())
    return;
  auto which = around_.chance.one_of(suppressions_);
  engine_->control().remove_suppression(
    which.space, which.id, while_alive<suppression>([this](const auto& removed) {
      around_.log.note("forgiven", removed ? removed->address : "not");
      if (removed)
        engine_->announce({removed->space, {}, std::pair{removed->channel, removed->address}});
    }));
}

void crowd::erase() {
  auto who = somebody();
  engine_->control().erase_user({}, who, around_.clock.wall(), while_alive<ok_t>([this, who](const auto& erased) {
                                  around_.log.note("erase", who, erased ? "begun" : "not");
                                  if (!erased)
                                    return;
                                  engine_->announce({{}, who, {}});
                                  erase_everywhere(who);
                                }));
}

void crowd::erase_everywhere(const std::string& who) {
  auto bulk = [this, who](const status_result& first) {
    if (first)
      engine_->store_of(lane::bulk).erase({}, who, while_alive<ok_t>([this, who](const status_result& second) {
                                            around_.log.note("erased", who, second ? "everywhere" : "in part");
                                          }));
  };
  engine_->store_of(lane::critical).erase({}, who, while_alive<ok_t>(bulk));
}

} // namespace carillon::sim
