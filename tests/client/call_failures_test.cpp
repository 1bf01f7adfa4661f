#include "runtime/client/call_failures.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace carillon;
using failure = wire_answer::failure;

TEST_CASE("an HTTP call is not_sent only while no request was offered to a connection") {
  struct row {
    CURLcode code;
    http_progress at;
    failure expected;
  };
  http_progress nowhere, offered{.offered = true}, answered{.offered = true, .answered = true};
  http_progress refused{.refused = "loopback"}, refused_and_tried{.opened = true, .refused = "loopback"};
  for (auto& [code, at, expected] : std::vector<row>{
         {CURLE_OK, answered, failure::none},
         {CURLE_OPERATION_TIMEDOUT, answered, failure::none},
         {CURLE_RECV_ERROR, answered, failure::none},
         {CURLE_WRITE_ERROR, answered, failure::none},
         {CURLE_OPERATION_TIMEDOUT, offered, failure::no_answer},
         {CURLE_GOT_NOTHING, offered, failure::no_answer},
         {CURLE_SEND_ERROR, offered, failure::no_answer},
         {CURLE_RECV_ERROR, offered, failure::no_answer},
         {CURLE_HTTP2_STREAM, offered, failure::no_answer},
         {CURLE_SSL_CONNECT_ERROR, offered, failure::no_answer},
         {CURLE_ABORTED_BY_CALLBACK, offered, failure::no_answer},
         {CURLE_OK, offered, failure::no_answer},
         {CURLE_OPERATION_TIMEDOUT, nowhere, failure::not_sent},
         {CURLE_COULDNT_RESOLVE_HOST, nowhere, failure::not_sent},
         {CURLE_COULDNT_CONNECT, nowhere, failure::not_sent},
         {CURLE_URL_MALFORMAT, nowhere, failure::not_sent},
         {CURLE_UNSUPPORTED_PROTOCOL, nowhere, failure::not_sent},
         {CURLE_ABORTED_BY_CALLBACK, nowhere, failure::not_sent},
         {CURLE_SSL_CONNECT_ERROR, nowhere, failure::tls},
         {CURLE_PEER_FAILED_VERIFICATION, nowhere, failure::tls},
         {CURLE_COULDNT_CONNECT, refused, failure::refused_address},
         {CURLE_COULDNT_CONNECT, refused_and_tried, failure::not_sent},
       }) {
    INFO(curl_easy_strerror(code) << ", offered " << at.offered << ", answered " << at.answered);
    CHECK(http_failure(code, at) == expected);
  }
}

TEST_CASE("an SMTP call is no_answer only once the whole message was handed out") {
  struct row {
    CURLcode code;
    smtp_progress at;
    failure expected;
  };
  for (auto& [code, at, expected] : std::vector<row>{
         {CURLE_OK, {true, true, 250}, failure::none},
         {CURLE_WEIRD_SERVER_REPLY, {true, true, 451}, failure::none},
         {CURLE_SEND_ERROR, {true, false, 550}, failure::none},
         {CURLE_LOGIN_DENIED, {false, false, 535}, failure::none},
         {CURLE_WEIRD_SERVER_REPLY, {false, false, 554}, failure::none},
         {CURLE_RECV_ERROR, {true, true, 354}, failure::no_answer},
         {CURLE_OPERATION_TIMEDOUT, {true, true, 354}, failure::no_answer},
         {CURLE_SEND_ERROR, {true, true, 354}, failure::no_answer},
         {CURLE_SEND_ERROR, {true, false, 354}, failure::not_sent},
         {CURLE_RECV_ERROR, {true, false, 250}, failure::not_sent},
         {CURLE_OPERATION_TIMEDOUT, {false, false, 0}, failure::not_sent},
         {CURLE_OPERATION_TIMEDOUT, {false, false, 502}, failure::not_sent},
         {CURLE_COULDNT_CONNECT, {false, false, 0}, failure::not_sent},
         {CURLE_USE_SSL_FAILED, {false, false, 454}, failure::tls},
         {CURLE_PEER_FAILED_VERIFICATION, {false, false, 220}, failure::tls},
       }) {
    INFO(curl_easy_strerror(code) << ", last reply " << at.last_reply);
    CHECK(smtp_failure(code, at) == expected);
  }
}
