#include <catch2/catch_test_macros.hpp>

#include "tests/cli/fake_api.hpp"
#include "tests/cli/terminal.hpp"

using carillon::test::fake_api;
using carillon::test::terminal;

TEST_CASE("a service that is not there ends with exit code 69 and says what to start") {
  terminal t;
  CHECK(t.run({"providers", "--server", "http://127.0.0.1:1"}) == 69);
  CHECK(t.err == "carillon: cannot reach http://127.0.0.1:1: connection refused. Is `carillon serve` running?\n");
  CHECK(t.out.empty());
}

TEST_CASE("a problem document becomes text with every pointer, and exit code 1") {
  fake_api api;
  api.answer("POST /v1/notifications", 422, R"({
    "type": "about:blank", "title": "The request is wrong.", "status": 422, "code": "invalid_request",
    "detail": "2 fields are wrong.", "request_id": "r-1",
    "errors": [{"pointer": "/channels/0", "code": "range", "detail": "fax is not a channel."},
               {"pointer": "/content", "code": "missing", "detail": "Give content or template."}]})");
  terminal t;
  CHECK(t.run({"send", "--user", "u_1", "--type", "t", "--channel", "fax", "--server", api.url()}) == 1);
  CHECK(t.err
        == "carillon: The request is wrong. (HTTP 422, invalid_request)\n"
           "  2 fields are wrong.\n"
           "  /channels/0  range    fax is not a channel.\n"
           "  /content     missing  Give content or template.\n"
           "  request id r-1\n");
}

TEST_CASE("a refused key says how to give another") {
  fake_api api;
  api.answer("GET /v1/providers", 401, R"({"title": "The key is not valid.", "code": "unauthorized"})");
  terminal t;
  CHECK(t.run({"providers", "--server", api.url()}) == 1);
  CHECK(t.err
        == "carillon: The key is not valid. (HTTP 401, unauthorized)\n"
           "  The key was not accepted; give another with --key or CARILLON_KEY.\n");
}

TEST_CASE("an answer that is no problem document is still an error a person can read") {
  fake_api api;
  api.answer("GET /v1/providers", 502, "<html>Bad Gateway</html>");
  terminal t;
  CHECK(t.run({"providers", "--server", api.url()}) == 1);
  CHECK(t.err == "carillon: the service answered HTTP 502 without saying why.\n");
}

TEST_CASE("another program on the port is recognised by its answer") {
  fake_api api;
  api.answer("GET /v1/providers", 200, "<html>Welcome</html>");
  terminal t;
  CHECK(t.run({"providers", "--server", api.url()}) == 1);
  CHECK(t.err.find("something that is not JSON") != std::string::npos);
}

TEST_CASE("a slash at the end of the server's URL does no harm") {
  fake_api api;
  api.answer("GET /v1/providers", 200, R"({"data": []})");
  terminal t;
  CHECK(t.run({"providers", "--server", api.url() + "/"}) == 0);
}
