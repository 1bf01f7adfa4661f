#include <nlohmann/json.hpp>

#include "messages/json_text.hpp"
#include "tests/helpers/seed.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using nlohmann::json;

namespace {

/// What the library makes of the same bytes; what is not UTF-8 it replaces or refuses.
std::string quoted_by_library(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

bool utf8_by_library(const std::string& text) {
  try {
    (void)json(text).dump();
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

/// Pieces that end, begin and interrupt runs of plain text, and bytes that are no UTF-8.
const std::vector<std::string> pieces{"\"", "\\", "\n", "\x1f", "\x7f", "ü", "€", "😀", "\xc3", "\xed\xa0\x80", "\xff"};

} // namespace

TEST_CASE("a text is quoted as the JSON library reads it, wherever what is special stands") {
  for (auto& piece : pieces)
    for (std::size_t before = 0; before < 40; ++before)
      for (std::size_t after : {0, 1, 15, 16, 17}) {
        auto text = std::string(before, 'a') + piece + std::string(after, 'z');
        std::string out;
        append_quoted(out, text);
        INFO(before << " before, " << after << " after: " << quoted_by_library(text));
        CHECK(is_utf8(text) == utf8_by_library(text));
        if (is_utf8(text))
          REQUIRE(json::parse(out) == json(text));
        else
          REQUIRE((json::parse(out).get<std::string>().starts_with(std::string(before, 'a') + "\xef\xbf\xbd")
                   && json::parse(out).get<std::string>().ends_with(std::string(after, 'z'))));
      }
}

TEST_CASE("any mixture is quoted so that it can be read again") {
  test::seeded_random random;
  INFO(random.seed_text());
  for (int i = 0; i < 5'000; ++i) {
    std::string text;
    for (auto parts = random.between(0, 8); parts > 0; --parts) {
      text.append(static_cast<std::size_t>(random.between(0, 20)), 'x');
      text += pieces[random.index(pieces.size())];
    }
    std::string out;
    append_quoted(out, text);
    INFO(quoted_by_library(text));
    REQUIRE(json::accept(out));
    REQUIRE(is_utf8(text) == utf8_by_library(text));
    if (is_utf8(text))
      REQUIRE(json::parse(out) == json(text));
  }
}
