// What one endpoint may take of a provider that everybody shares.
#include "actors/policy/endpoint_share.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;
using namespace std::chrono_literals;

namespace {

using obstacle = endpoint_share::obstacle;
using ending = endpoint_share::ending;

struct endpoint_share_test {
  endpoint_rules rules{.slots = 32, .share = 4, .failures = 3, .longest_pause = 8s, .remembered = 5};
  std::optional<endpoint_share> made;
  endpoint_share::instant now{1h};

  endpoint_share& subject() {
    if (!made)
      made.emplace(rules);
    return *made;
  }
  /// Starts as many calls as it may; answers how many that were.
  std::size_t fill(const std::string& endpoint, std::size_t most = 100) {
    std::size_t begun = 0;
    while (begun < most && !subject().refuse(endpoint, now)) {
      subject().begin(endpoint, now);
      ++begun;
    }
    return begun;
  }
  void end(const std::string& endpoint, ending what, std::size_t count, duration took) {
    auto began = now;
    now += took;
    for (std::size_t i = 0; i < count; ++i)
      subject().end(endpoint, what, began, now);
  }
  /// One call that ends so; false where it may not start.
  bool call(const std::string& endpoint, ending what, duration took = 10ms) {
    if (fill(endpoint, 1) == 0)
      return false;
    end(endpoint, what, 1, took);
    return true;
  }
  /// Fails until it is paused; answers for how long.
  duration fail_until_paused(const std::string& endpoint) {
    while (call(endpoint, ending::failed, 0ms)) {
    }
    auto from = now;
    while (subject().refuse(endpoint, now))
      now += 100ms;
    return std::chrono::duration_cast<duration>(now - from);
  }
};

} // namespace

TEST_CASE("an endpoint is scheme, host and port, however they are written") {
  for (auto [url, endpoint] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
         {"https://example.org/a/b?c#d", "https://example.org:443"},
         {"HTTPS://Example.ORG", "https://example.org:443"},
         {"http://example.org?x=://y:1", "http://example.org:80"},
         {"http://example.org:8080/x", "http://example.org:8080"},
         {"http://example.org:/x", "http://example.org:80"},
         {"http://user:pw@example.org/x", "http://example.org:80"},
         {"https://[2001:DB8::1]/x", "https://[2001:db8::1]:443"},
         {"https://[2001:db8::1]:444/x", "https://[2001:db8::1]:444"},
         {"no url", "no url"},
       }) {
    INFO(url);
    CHECK(endpoint_of(url) == endpoint);
  }
}

TEST_CASE_METHOD(endpoint_share_test, "an endpoint nobody knows gets its share and no more") {
  CHECK(fill("a") == 4);
  CHECK(subject().refuse("a", now)->why == obstacle::busy);
  CHECK(fill("b") == 4);
}

TEST_CASE_METHOD(endpoint_share_test, "quick answers let a sole endpoint use every slot") {
  for (int round = 0; round < 4; ++round)
    end("a", ending::answered, fill("a"), 20ms);
  CHECK(fill("a") == 32);
}

TEST_CASE_METHOD(endpoint_share_test, "the last share is for others, if there are any") {
  for (int round = 0; round < 4; ++round)
    end("a", ending::answered, fill("a"), 20ms);
  call("b", ending::answered);
  CHECK(fill("a") == 28);
}

TEST_CASE_METHOD(endpoint_share_test, "what was earned is lost by a failure, a slow answer, or a call that stays out") {
  for (int round = 0; round < 4; ++round)
    end("a", ending::answered, fill("a"), 20ms);
  SECTION("a failure") {
    call("a", ending::failed);
    CHECK(fill("a") == 4);
  }
  SECTION("a slow answer") {
    call("a", ending::answered, 1001ms);
    CHECK(fill("a") == 4);
  }
  SECTION("a call that stays out") {
    fill("a", 1);
    now += 1001ms;
    CHECK(fill("a") == 3);
  }
  SECTION("not by a call that was never made") {
    call("a", ending::ignored, 0ms);
    CHECK(fill("a") == 32);
  }
}

TEST_CASE_METHOD(endpoint_share_test, "waiting calls come back one after the other, about as fast as calls end") {
  end("a", ending::answered, fill("a", 1), 400ms);
  fill("a", 5);
  for (int waiting = 1; waiting <= 10; ++waiting)
    CHECK(subject().refuse("a", now)->turn == now + waiting * 80ms); // five at once, 400 ms each
}

TEST_CASE_METHOD(endpoint_share_test, "the longer an endpoint hangs, the later its waiting calls come back") {
  fill("a");
  now += 2s;
  CHECK(subject().refuse("a", now)->turn == now + 500ms);
  now += 18s;
  CHECK(subject().refuse("a", now)->turn == now + 1s);
  for (int i = 0; i < 1000; ++i)
    CHECK(subject().refuse("a", now)->turn <= now + rules.longest_wait);
}

TEST_CASE_METHOD(endpoint_share_test, "an endpoint that fails call after call is paused, longer each time") {
  CHECK(call("a", ending::failed));
  CHECK(call("a", ending::failed));
  CHECK(call("a", ending::failed));
  CHECK(subject().refuse("a", now)->why == obstacle::failing);
  CHECK(subject().refuse("a", now)->turn > now + 1s);
  for (auto expected : {1s, 2s, 4s, 8s, 8s})
    CHECK(fail_until_paused("a") == expected);
}

TEST_CASE_METHOD(endpoint_share_test, "an answer between failures forgives them") {
  for (int i = 0; i < 10; ++i) {
    CHECK(call("a", ending::failed));
    CHECK(call("a", ending::failed));
    CHECK(call("a", ending::answered));
  }
}

TEST_CASE_METHOD(endpoint_share_test, "after a pause one call probes, and its success lets the share through") {
  fail_until_paused("a");
  CHECK(fill("a") == 1);
  CHECK(subject().refuse("a", now)->why == obstacle::failing);
  end("a", ending::answered, 1, 10ms);
  CHECK(fill("a") == 5);
}

TEST_CASE_METHOD(endpoint_share_test, "calls that were out already when a pause began do not lengthen it") {
  auto began = now;
  fill("a");
  now += 1s;
  for (int i = 0; i < 4; ++i)
    subject().end("a", ending::failed, began, now);
  CHECK(subject().refuse("a", now)->why == obstacle::failing);
  now += 1s;
  CHECK(fill("a") == 1);
}

TEST_CASE_METHOD(endpoint_share_test, "an endpoint that asks for a pause gets it, and is not probed after it") {
  subject().pause("a", now + 20s, now);
  CHECK(subject().refuse("a", now)->why == obstacle::paused);
  CHECK(subject().refuse("a", now)->turn >= now + 20s);
  now += 20s;
  CHECK(fill("a") == 4);
}

TEST_CASE_METHOD(endpoint_share_test, "an endpoint is forgotten a minute after its last call") {
  call("a", ending::answered);
  now += 59s;
  call("b", ending::answered);
  CHECK(subject().size() == 2);
  now += 1s;
  call("b", ending::answered);
  CHECK(subject().size() == 1);
}

TEST_CASE_METHOD(endpoint_share_test, "so many endpoints are remembered, besides those with a call on the wire") {
  fill("busy");
  for (int i = 0; i < 100; ++i)
    call("e" + std::to_string(i), ending::answered);
  CHECK(subject().size() == rules.remembered + 1);
  for (int i = 0; i < 100; ++i)
    subject().pause("p" + std::to_string(i), now + 1h, now);
  CHECK(subject().size() == rules.remembered + 1);
  CHECK(subject().refuse("busy", now).has_value());
}

TEST_CASE_METHOD(endpoint_share_test, "a provider of one slot serves everybody in turn") {
  rules.slots = rules.share = 1;
  CHECK(call("a", ending::answered));
  CHECK(call("b", ending::answered));
  CHECK(fill("a") == 1);
}

TEST_CASE_METHOD(endpoint_share_test, "what is ended without having begun changes nothing") {
  subject().end("a", ending::failed, now, now);
  CHECK(subject().size() == 0);
}
