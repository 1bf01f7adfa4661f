#include "tests/sim/scenario.hpp"

#include <algorithm>

#include "config/categories.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

breaker_options draw_breaker(dice& chance) {
  breaker_options b;
  b.window = static_cast<std::size_t>(chance.between(5, 40));
  b.window_time = chance.between(3s, 15s);
  b.min_calls = static_cast<std::size_t>(chance.between(3, 5));
  b.consecutive = static_cast<std::size_t>(chance.between(3, 10));
  b.open_for = chance.between(1s, 5s);
  b.half_open_calls = static_cast<std::size_t>(chance.between(1, 3));
  b.slow_call = chance.between(500ms, 5s);
  return b;
}

provider_options draw_provider(dice& chance, std::string name, std::string protocol, channel on) {
  provider_options p;
  p.name = std::move(name);
  p.protocol = std::move(protocol);
  p.channel = on;
  p.timeout = chance.between(1s, 4s);
  p.in_flight = static_cast<std::size_t>(chance.between(1, 8));
  p.rate = chance.chance(0.3) ? static_cast<double>(chance.between(5, 50)) : 0;
  p.breaker = draw_breaker(chance);
  return p;
}

void add_providers(options& all, dice& chance) {
  for (auto* name : {"mail_a", "mail_b"}) {
    auto& p = all.providers[name] = draw_provider(chance, name, "smtp", channel::email);
    p.base_url = std::string{"smtp://"} + name + ".example:25";
    p.from = "carillon@example.org";
  }
  auto& hook = all.providers["hook"] = draw_provider(chance, "hook", "webhook", channel::webhook);
  hook.signing_secrets = {secret{"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}};
  all.providers["texts"] = draw_provider(chance, "texts", "sandbox", channel::sms);
  all.providers["feed"] = draw_provider(chance, "feed", "in_app", channel::in_app);
}

void add_channels(options& all, dice& chance) {
  all.channels[channel::email].providers = {"mail_a", "mail_b"};
  all.channels[channel::webhook].providers = {"hook"};
  all.channels[channel::sms].providers = {"texts"};
  all.channels[channel::in_app].providers = {"feed"};
  for (auto& [on, c] : all.channels) {
    c.fallback_after = static_cast<int>(chance.between(1, 3));
    c.retry.max_attempts = static_cast<int>(chance.between(2, 8));
    c.retry.initial_backoff = chance.between(50ms, 2s);
    c.retry.max_backoff = chance.between(3s, 20s);
    c.retry.jitter = chance.chance(0.5) ? jitter_mode::full : jitter_mode::none;
    c.retry.strategy = chance.chance(0.3) ? backoff_strategy::fixed : backoff_strategy::exponential;
  }
}

type_options type_of(std::string category, priority p) {
  type_options t;
  t.category = std::move(category);
  t.priority = p;
  return t;
}

void add_types(options& all, dice& chance) {
  all.categories = built_in_categories();
  all.types["order"] = type_of("transactional", priority::medium);
  all.types["otp"] = type_of("transactional", priority::critical);
  all.types["alarm"] = type_of("alert", priority::high);
  all.types["news"] = type_of("promotional", priority::low);
  all.types["legal"] = type_of("transactional", priority::medium);
  all.types["legal"].mandatory = true;
  all.types["payout"] = type_of("transactional", priority::medium);
  all.types["payout"].on_ambiguous = ambiguity_policy::hold;
  all.types["payout"].expires_after = 120s;
  all.types["brief"] = type_of("transactional", priority::medium);
  all.types["brief"].expires_after = chance.between(2s, 15s);
  all.types["either"] = type_of("transactional", priority::medium);
  all.types["either"].routing = routing::first;
  all.types["either"].channels = {channel::email, channel::sms, channel::in_app};
}

void add_limits(options& all, dice& chance) {
  auto some = [&](over_limit over) {
    limit_options l;
    l.rate = static_cast<double>(chance.between(2, 6));
    l.per = chance.between(2s, 10s);
    l.burst = static_cast<double>(chance.between(1, 4));
    l.over = over;
    return l;
  };
  if (chance.chance(0.4))
    all.limits.per_user = some(over_limit::delay);
  if (chance.chance(0.2))
    all.limits.per_user_channel = some(over_limit::drop);
  if (chance.chance(0.2))
    all.types["news"].limit = some(over_limit::reject);
  if (chance.chance(0.2)) {
    all.limits.global = some(over_limit::delay);
    all.limits.global->rate *= 10;
  }
}

troubles draw_troubles(dice& chance) {
  troubles bad;
  auto sometimes = [&](double& share, double most) {
    if (chance.chance(0.5))
      share = chance.real() * most;
  };
  auto some = [&](int& count, int most) {
    if (chance.chance(0.5))
      count = static_cast<int>(chance.between(1, most));
  };
  if (chance.chance(0.1))
    return bad;
  sometimes(bad.commit_fails, 0.2);
  sometimes(bad.commit_stalls, 0.03);
  sometimes(bad.crash_at_commit, 0.01);
  sometimes(bad.read_fails, 0.2);
  sometimes(bad.read_stalls, 0.03);
  sometimes(bad.handler_throws, 0.003);
  sometimes(bad.vendor_lies, 0.8);
  some(bad.actors_killed, 30);
  some(bad.process_crashes, 4);
  some(bad.full_disks, 2);
  some(bad.clock_steps, 4);
  some(bad.breaker_orders, 4);
  some(bad.switches, 4);
  return bad;
}

} // namespace

bool troubles::none() const {
  return !deaths() && !bad_disk() && read_stalls == 0 && vendor_lies == 0 && clock_steps == 0 && breaker_orders == 0
         && switches == 0;
}

scenario draw_scenario(dice& chance) {
  scenario drawn;
  auto& all = drawn.config;
  for (auto l : all_lanes) {
    auto& lane = all.lanes[l];
    lane.threads = static_cast<unsigned>(chance.between(1, 3));
    lane.window = static_cast<std::size_t>(chance.between(16, 64));
  }
  add_providers(all, chance);
  add_channels(all, chance);
  add_types(all, chance);
  add_limits(all, chance);
  all.retry_budget.minimum = static_cast<double>(chance.between(1, 10));
  drawn.people = static_cast<int>(chance.between(2, 12));
  drawn.requests = static_cast<int>(chance.between(20, 120));
  drawn.busy = chance.between(10s, 60s);
  drawn.bad = draw_troubles(chance);
  if (drawn.bad.vendor_lies > 0) {
    auto& acts = all.providers["texts"].sandbox;
    acts = {chance.between(0us, 200ms), 0.15, 0.05, 0.05, 0.1, chance.raw()};
  }
  return drawn;
}

} // namespace carillon::sim
