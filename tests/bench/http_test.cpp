#include "bench/common/http.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace std::string_literals;

TEST_CASE("a message is framed once its last byte is there") {
  const auto message = "POST /hook HTTP/1.1\r\nContent-Length: 5\r\nwebhook-ID:  abc \r\n\r\nhello"s;
  for (std::size_t bytes = 0; bytes < message.size(); ++bytes)
    CHECK_FALSE(bench::frame_of(std::string_view{message}.substr(0, bytes)));
  const auto followed = message + "POST";
  const auto found = bench::frame_of(followed);
  REQUIRE(found);
  CHECK(found->body == "hello");
  CHECK(found->bytes() == message.size());
  CHECK(bench::header(found->head, "webhook-id") == "abc");
  CHECK(bench::header(found->head, "content-type").empty());
}

TEST_CASE("a message without a length has no body") {
  const auto found = bench::frame_of("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1");
  REQUIRE(found);
  CHECK(found->body.empty());
}

TEST_CASE("a chunked message is an error, not a guess") {
  CHECK_THROWS(bench::frame_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
}
