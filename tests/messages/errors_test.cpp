#include <algorithm>
#include <cctype>
#include <set>

#include "messages/errors.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

constexpr auto last_error = errc::storage_full;

bool is_snake_case(std::string_view word) {
  return !word.empty()
         && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) != 0 || c == '_'; });
}

} // namespace

TEST_CASE("every error has a code of its own, a sentence and an HTTP status") {
  std::set<std::string_view> codes;
  for (int i = 0; i <= static_cast<int>(last_error); ++i) {
    auto value = static_cast<errc>(i);
    CAPTURE(i, code_of(value), sentence_of(value));
    CHECK(is_snake_case(code_of(value)));
    CHECK(codes.insert(code_of(value)).second);
    CHECK(sentence_of(value).ends_with('.'));
    CHECK(status_of(value) >= 400);
    CHECK(status_of(value) <= 599);
  }
}

TEST_CASE("a value outside the enum is our defect") {
  CHECK(code_of(static_cast<errc>(200)) == "internal_error");
  CHECK(status_of(static_cast<errc>(200)) == 500);
}

TEST_CASE("codes keep the statuses callers were promised") {
  CHECK(status_of(errc::malformed_json) == 400);
  CHECK(status_of(errc::unauthorized) == 401);
  CHECK(status_of(errc::forbidden) == 403);
  CHECK(status_of(errc::key_in_flight) == 409);
  CHECK(status_of(errc::version_mismatch) == 412);
  CHECK(status_of(errc::key_reused) == 422);
  CHECK(status_of(errc::invalid_request) == 422);
  CHECK(status_of(errc::rate_limited) == 429);
  CHECK(status_of(errc::store_unavailable) == 503);
  CHECK(status_of(errc::storage_full) == 507);
}

TEST_CASE("a result is either its value or its fault") {
  result<int> good{7};
  REQUIRE(good);
  CHECK(*good == 7);

  result<int> bad{fault{errc::not_found, "There is no such thing."}};
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == errc::not_found);
}
