#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "runtime/cli/api_client.hpp"
#include "runtime/cli/progress.hpp"
#include "runtime/cli/style.hpp"
#include "runtime/cli/times.hpp"
#include "tests/cli/terminal.hpp"

using namespace carillon;
using namespace carillon::cli;
using namespace std::chrono_literals;

namespace {
const sys_time noon = parse_rfc3339("2026-05-01T12:00:00Z").value();
}

TEST_CASE("instants are shown relative to now in their largest unit") {
  CHECK(relative(noon, noon) == "just now");
  CHECK(relative(noon - 999ms, noon) == "just now");
  CHECK(relative(noon - 59s, noon) == "59 s ago");
  CHECK(relative(noon - 3min - 59s, noon) == "3 min ago");
  CHECK(relative(noon + 5h, noon) == "in 5 h");
  CHECK(relative(noon - 24h, noon) == "1 day ago");
  CHECK(relative(noon + 49h, noon) == "in 2 days");
}

TEST_CASE("spans are shown in the unit that fits") {
  CHECK(span_of(850us) == "850 µs");
  CHECK(span_of(12'700us) == "12 ms");
  CHECK(span_of(3'440ms) == "3.4 s");
  CHECK(span_of(125s) == "2 min");
  CHECK(span_of(90min) == "1.5 h");
}

TEST_CASE("since takes an instant or a span before now, and nothing else") {
  CHECK(parse_since("2h", noon) == noon - 2h);
  CHECK(parse_since("90s", noon) == noon - 90s);
  CHECK(parse_since("7d", noon) == noon - 168h);
  CHECK(parse_since("2026-05-01T14:00:00+02:00", noon) == noon);
  for (const char* wrong : {"", "h", "2", "-2h", "2 h", "99999999999999999999d", "3153600000d", "2026-05-01"})
    CHECK_FALSE(parse_since(wrong, noon));
}

TEST_CASE("a table's columns are as wide as their widest cell, in code points") {
  table rows{{"NAME", "STATE"}};
  rows.add({"grüße", "ok"});
  rows.add({"x", "broken"});
  std::ostringstream out;
  rows.print(out, style{false});
  CHECK(out.str()
        == "NAME   STATE\n"
           "grüße  ok\n"
           "x      broken\n");
}

TEST_CASE("colours do not move the columns") {
  table rows{{"A", "B"}};
  rows.add({{"open", tone::bad}, "x"});
  std::ostringstream out;
  rows.print(out, style{true});
  CHECK(out.str() == "\033[2mA\033[0m     \033[2mB\033[0m\n\033[31mopen\033[0m  x\n");
}

TEST_CASE("control characters of a server's text never reach the terminal") {
  CHECK(printable("a\033[2Jb\r\nc\x7f") == "a [2Jb  c ");
  CHECK(printable("a\xc2\x9b"
                  "b")
        == "a b"); // U+009B, CSI in one character
  CHECK(printable("grüße ✓") == "grüße ✓");
}

TEST_CASE("a bar shows share and counts, and is full without work") {
  CHECK(bar(0, 10, 10) == "[----------]   0 %  0/10");
  CHECK(bar(5, 10, 10) == "[#####-----]  50 %  5/10");
  CHECK(bar(12, 10, 4) == "[####] 100 %  12/10");
  CHECK(bar(0, 0, 4) == "[####] 100 %  0/0");
}

TEST_CASE("values in a URL are escaped byte by byte") {
  CHECK(url_escape("a-b_c.d~e") == "a-b_c.d~e");
  CHECK(url_escape("a/b c?d&e=ü") == "a%2Fb%20c%3Fd%26e%3D%C3%BC");
  CHECK(query{}.add("user_id", "a b").add("type", "").add("limit", "5").text() == "?user_id=a%20b&limit=5");
}
