#include "actors/providers/sandbox.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "tests/providers/provider_fixtures.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

/// What one act looks like from outside.
std::string shape(const sandbox_act& what) {
  if (!what.answer)
    return "hang";
  if (what.answer->why == wire_answer::failure::no_answer)
    return what.captured ? "ambiguous" : "lost";
  return std::to_string(what.answer->status) + (what.captured ? " captured" : "");
}

std::map<std::string, int> played(const sandbox_script& script, int calls) {
  std::mt19937_64 random{script.seed};
  std::map<std::string, int> out;
  for (int i = 0; i < calls; ++i)
    ++out[shape(act(script, random))];
  return out;
}

} // namespace

TEST_CASE("a sandbox without a script takes everything at once") {
  CHECK(played({}, 100) == std::map<std::string, int>{{"200 captured", 100}});
  std::mt19937_64 random{1};
  sandbox_script slow;
  slow.latency = std::chrono::milliseconds{20};
  CHECK(act(slow, random).takes == std::chrono::milliseconds{20});
}

TEST_CASE("each rate alone acts out its trouble at every call") {
  CHECK(played({.fail_rate = 1}, 50) == std::map<std::string, int>{{"500", 50}});
  CHECK(played({.throttle_rate = 1}, 50) == std::map<std::string, int>{{"429", 50}});
  CHECK(played({.hang_rate = 1}, 50) == std::map<std::string, int>{{"hang", 50}});
  CHECK(played({.ambiguous_rate = 1}, 50) == std::map<std::string, int>{{"ambiguous", 50}});
}

TEST_CASE("rates are shares of calls, the same for the same seed") {
  sandbox_script script{.fail_rate = 0.2, .throttle_rate = 0.1, .hang_rate = 0.05, .ambiguous_rate = 0.15, .seed = 7};
  auto once = played(script, 20'000);
  auto near = [&](const char* what, double share) { return std::abs(once[what] - 20'000 * share) < 300; };
  CHECK(near("500", 0.2));
  CHECK(near("429", 0.1));
  CHECK(near("hang", 0.05));
  CHECK(near("ambiguous", 0.15));
  CHECK(near("200 captured", 0.5));
  CHECK(played(script, 20'000) == once);
  script.seed = 8;
  CHECK(played(script, 20'000) != once);
}

TEST_CASE("what the sandbox acts out is read as a vendor's answer would be") {
  std::mt19937_64 random{1};
  auto read = [&](const sandbox_script& script) { return read_sandbox(*act(script, random).answer, a_saturday); };
  CHECK(read({}).outcome == outcome::accepted);
  CHECK(read({.fail_rate = 1}).outcome == outcome::retry);
  CHECK(read({.throttle_rate = 1}).outcome == outcome::throttled);
  CHECK(read({.throttle_rate = 1}).retry_after == duration{std::chrono::seconds{1}});
  CHECK(read({.ambiguous_rate = 1}).outcome == outcome::ambiguous);
}

TEST_CASE("each answer of the in-app feed has its outcome") {
  struct row {
    int status;
    outcome what;
  };
  for (auto& [status, what] : {row{200, outcome::accepted}, row{404, outcome::bad_address},
                               row{429, outcome::throttled}, row{503, outcome::retry}, row{507, outcome::retry}}) {
    INFO(status);
    CHECK(read_in_app(answered(status), a_saturday).outcome == what);
  }
}
