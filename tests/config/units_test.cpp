#include "config/units.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "config/suggest.hpp"

using namespace carillon;
using namespace std::chrono_literals;

TEST_CASE("a duration is a whole number and one unit") {
  const std::vector<std::pair<std::string, duration>> table{
    {"0s", 0s}, {"1ms", 1ms}, {"250ms", 250ms}, {"30s", 30s}, {"10m", 10min}, {"24h", 24h}, {"30d", 720h},
  };
  for (const auto& [text, value] : table) {
    INFO(text);
    CHECK(parse_duration(text) == value);
  }
}

TEST_CASE("text that is not a duration is refused") {
  for (const auto* text : {"", "30", "s", "30 s", " 30s", "30s ", "-1s", "+1s", "1.5h", "1h30m", "1w", "30S", "1us",
                           "99999999999s", "4294967296ms", "36526d"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("the longest duration is a hundred years in every unit") {
  CHECK(parse_duration("36525d") == std::chrono::hours{24} * 36525);
  CHECK(parse_duration("876600h") == std::chrono::hours{24} * 36525);
  CHECK_FALSE(parse_duration("876601h"));
}

TEST_CASE("a duration is shown in the largest unit that fits, and read back") {
  for (const auto* text : {"0s", "1ms", "1500ms", "90s", "10m", "25h", "30d"}) {
    INFO(text);
    CHECK(show_duration(*parse_duration(text)) == text);
  }
}

TEST_CASE("the nearest word is suggested, a far one is not") {
  const std::vector<std::string> known{"listen", "admin_listen", "max_body", "tls"};
  CHECK(nearest_word("litsen", known) == "listen");
  CHECK(nearest_word("max_bodi", known) == "max_body");
  CHECK(nearest_word("tsl", known) == "tls");
  CHECK(nearest_word("xsl", known) == std::nullopt);
  CHECK(nearest_word("tl", known) == "tls");
  CHECK(nearest_word("colour", known) == std::nullopt);
  CHECK(did_you_mean("lisen", known) == "Did you mean listen?");
  CHECK(did_you_mean("colour", {"a", "b"}) == "Use one of: a, b.");
}
