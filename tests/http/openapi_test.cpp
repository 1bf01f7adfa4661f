// The description is as strict as the server: its patterns are the server's rules.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <regex>

#include "runtime/http/contacts_json.hpp"
#include "runtime/http/openapi.hpp"
#include "runtime/http/rfc3339.hpp"
#include "tests/helpers/seed.hpp"

using namespace carillon;
using namespace carillon::http;

namespace {

std::regex pattern_of(const std::string& schema) {
  return std::regex{openapi_schemas().at(schema).at("pattern").get<std::string>()};
}

/// Text of pieces that the rule and the pattern may see differently.
std::string scramble(test::seeded_random& random, const std::vector<std::string>& pieces) {
  std::string out;
  for (auto left = random.between(0, 6); left > 0; --left)
    out += pieces[random.index(pieces.size())];
  return out;
}

/// Holds a pattern against a rule, on examples and on texts made of their pieces.
template <class Rule>
void hold_against(const std::string& schema, const std::vector<std::string>& pieces, Rule rule) {
  auto pattern = pattern_of(schema);
  test::seeded_random random;
  INFO(random.seed_text());
  std::size_t taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto text = scramble(random, pieces);
    CAPTURE(text);
    auto fits = std::regex_search(text, pattern);
    if (fits != rule(text))
      FAIL("the pattern of " << schema << (fits ? " takes" : " refuses") << " what the server does not");
    taken += fits;
  }
  CHECK(taken > 50); // else nothing was tried
  CHECK(taken < 19'000);
}

} // namespace

TEST_CASE("the patterns of addresses are the rules the server keeps") {
  hold_against("email_address",
               {"a", "b.c", "@", "@x", ".", "..", "-", "\"", "<", ",", " ", "\x7f", "/", "ü", "+", "\\"},
               [](auto& text) { return address_problem(channel::email, text).empty(); });
  hold_against("phone_number", {"+", "+4", "1", "0", "234", "5678901", " ", "a", "-"},
               [](auto& text) { return address_problem(channel::sms, text).empty(); });
  hold_against(
    "web_address",
    {"http://", "https://", "http:/", "a", "x.org", ":", "80", "/", "?", "#", "@", "u:p@", " ", "\x01", "[::1]"},
    [](auto& text) { return address_problem(channel::webhook, text).empty(); });
}

TEST_CASE("the pattern of times takes what the server takes, apart from days that a month lacks") {
  auto pattern = pattern_of("time");
  test::seeded_random random;
  INFO(random.seed_text());
  auto two = [&](int below) {
    auto value = std::to_string(random.between(0, below - 1));
    return (value.size() < 2 ? "0" : "") + value;
  };
  const std::vector<std::string> years{"1969", "1970", "2024", "2025", "9999", "0001", "202"};
  const std::vector<std::string> ends{"Z",     "z", "+00:00", "-23:59",           "+24:00",
                                      "+1:00", "",  ".5Z",    ".123456789+01:00", ".Z"};
  std::size_t taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto text = years[random.index(years.size())] + '-' + two(14) + '-' + two(30) + (random.chance(0.1) ? " " : "T")
                + two(26) + ':' + two(62) + ':' + two(62) + ends[random.index(ends.size())];
    CAPTURE(text);
    auto day = text.find("-02-29");
    auto fits = std::regex_search(text, pattern);
    if (fits != parse_rfc3339(text).has_value() && day == std::string::npos)
      FAIL("pattern and server differ");
    taken += fits;
  }
  CHECK(taken > 1'000);
  CHECK_FALSE(parse_rfc3339("2025-02-29T00:00:00Z"));
}

TEST_CASE("vocabularies are described with all of their words") {
  auto schemas = openapi_schemas();
  CHECK(schemas["channel"]["enum"].size() == all_channels.size());
  CHECK(schemas["priority"]["enum"] == ordered_json{"critical", "high", "medium", "low"});
  CHECK(schemas["engagement_request"]["properties"]["event"]["enum"].dump().find("none") == std::string::npos);
  CHECK(schemas["suppression_request"]["properties"]["channel"]["enum"].size() == all_channels.size() - 1);
}

TEST_CASE("a schema that names an unknown term is not served") {
  CHECK(schema_of(R"({"maxLength":"@name_bytes"})") == ordered_json{{"maxLength", bounds::name_bytes}});
  CHECK(schema_of(R"({"a":"#name"})")["a"] == ordered_json{{"$ref", "#/components/schemas/name"}});
  CHECK_THROWS(schema_of(R"({"maxLength":"@no_such_bound"})"));
}
