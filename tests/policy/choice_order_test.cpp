// Which rule wins: every combination of a person's rules and of what outranks
// them, against a literal list of their order.
#include <algorithm>

#include "actors/policy/choice.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using level = preference_rule::level;

namespace {

/// The kinds of rule, the most specific first.
struct kind {
  level on;
  std::optional<channel> where;
  const char* rule;
};
const std::vector<kind> kinds{{level::type, channel::push, "preference.type_channel"},
                              {level::type, std::nullopt, "preference.type"},
                              {level::category, channel::push, "preference.category_channel"},
                              {level::category, std::nullopt, "preference.category"},
                              {level::any, channel::push, "preference.any_channel"},
                              {level::any, std::nullopt, "preference.any"}};

enum choice { absent, yes, no };

/// The n-th combination: one choice a kind, in base three.
std::vector<choice> combination(int n) {
  std::vector<choice> chosen;
  for (std::size_t i = 0; i < kinds.size(); ++i, n /= 3)
    chosen.push_back(static_cast<choice>(n % 3));
  return chosen;
}

std::vector<preference_rule> rules_of(const std::vector<choice>& chosen) {
  std::vector<preference_rule> rules;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    auto name = kinds[i].on == level::type ? "t" : kinds[i].on == level::category ? "c" : "";
    if (chosen[i] != absent)
      rules.push_back({kinds[i].on, name, kinds[i].where, chosen[i] == yes});
  }
  return rules;
}

/// Rules that never apply, to be found between those that may.
void add_noise(std::vector<preference_rule>& rules, test::seeded_random& random) {
  for (auto n = random.between(0, 4); n > 0; --n)
    rules.push_back(
      {random.chance(0.5) ? level::type : level::category, "elsewhere", std::nullopt, random.chance(0.5)});
  rules.push_back({level::any, "", channel::sms, random.chance(0.5)});
}

struct surroundings {
  bool mandatory, opt_out, default_enabled;
};

std::pair<delivery_status, std::string> expected(const std::vector<choice>& chosen, surroundings s) {
  using enum delivery_status;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (chosen[i] == yes)
      return {queued, kinds[i].rule};
    if (chosen[i] == no && s.mandatory)
      return {queued, "mandatory"};
    if (chosen[i] == no && !s.opt_out)
      return {queued, "category.no_opt_out"};
    if (chosen[i] == no)
      return {suppressed, kinds[i].rule};
  }
  if (s.default_enabled)
    return {queued, "allowed"};
  return s.mandatory ? std::pair{queued, std::string{"mandatory"}}
                     : std::pair{suppressed, std::string{"category.default"}};
}

verdict decided(const std::vector<preference_rule>& rules, surroundings s) {
  options config;
  user who;
  who.rules = rules;
  person looked_up;
  looked_up.who = std::make_shared<user>(who);
  type_options type;
  type.mandatory = s.mandatory;
  category_options category;
  category.opt_out = s.opt_out;
  category.default_enabled = s.default_enabled;
  return decide({.config = config,
                 .who = looked_up,
                 .type = type,
                 .category = category,
                 .type_name = "t",
                 .category_name = "c",
                 .channel = channel::push,
                 .address = "fcm:x",
                 .send_at = {},
                 .expires_at = {}});
}

} // namespace

TEST_CASE("the most specific rule decides, in every combination and order of rules") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int n = 0; n < 729; ++n)
    for (int bits = 0; bits < 8; ++bits) {
      surroundings s{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      auto chosen = combination(n);
      auto rules = rules_of(chosen);
      add_noise(rules, random);
      std::shuffle(rules.begin(), rules.end(), random.engine());
      auto got = decided(rules, s);
      auto [status, rule] = expected(chosen, s);
      CAPTURE(n, s.mandatory, s.opt_out, s.default_enabled);
      REQUIRE(got.why.rule == rule);
      REQUIRE(got.status == status);
    }
}

TEST_CASE("of two rules that are alike the later one counts") {
  std::vector<preference_rule> rules{{level::type, "t", channel::push, false}, {level::type, "t", channel::push, true}};
  CHECK(find_rule(rules, "t", "c", channel::push) == &rules[1]);
}

TEST_CASE("without a rule that applies there is none") {
  std::vector<preference_rule> rules{{level::type, "c", std::nullopt, false},
                                     {level::category, "t", std::nullopt, false}};
  CHECK(find_rule({}, "t", "c", channel::push) == nullptr);
  CHECK(find_rule(rules, "t", "c", channel::push) == nullptr);
}
