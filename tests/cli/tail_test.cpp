#include <catch2/catch_test_macros.hpp>

#include "tests/cli/fake_api.hpp"
#include "tests/cli/terminal.hpp"

using carillon::test::fake_api;
using carillon::test::terminal;

namespace {

std::string row(const std::string& id, const std::string& status) {
  return R"({"id": ")" + id + R"(", "user_id": "u_1", "type": "welcome", "lane": "bulk", "status": ")" + status
         + R"(", "created_at": "2026-05-01T11:59:00Z", "deliveries": [{"channel": "email", "status": ")" + status
         + R"(", "attempts": [{}, {}]}]})";
}

std::string page(const std::string& rows, const std::string& next = "") {
  return R"({"data": [)" + rows + R"(], "next_cursor": )" + (next.empty() ? "null" : '"' + next + '"') + "}";
}

std::string line(const std::string& id, const std::string& status) {
  return "11:59:00.000  " + id + "  bulk      " + status + std::string(10 - status.size(), ' ')
         + "  welcome           u_1           email " + status + " (2 attempts)\n";
}

} // namespace

TEST_CASE("tail begins with the newest, oldest first, then prints what is new or changed once") {
  fake_api api;
  api.answer("GET /v1/notifications?limit=10", 200, page(row("n2", "sent") + "," + row("n1", "sent")));
  api.answer("GET /v1/notifications?limit=100", 200,
             page(row("n3", "processing") + "," + row("n2", "delivered") + "," + row("n1", "sent")));
  terminal t;
  t.patience = 3;
  CHECK(t.run({"tail", "--server", api.url()}) == 0);
  CHECK(t.out == line("n1", "sent") + line("n2", "sent") + line("n2", "delivered") + line("n3", "processing"));
}

TEST_CASE("tail follows the cursor until it meets what it knows") {
  fake_api api;
  api.answer("GET /v1/notifications?user_id=u_1&limit=1", 200, page(row("n1", "sent")));
  api.answer("GET /v1/notifications?user_id=u_1&limit=100", 200, page(row("n3", "sent"), "c1"));
  api.answer("GET /v1/notifications?user_id=u_1&limit=100&cursor=c1", 200,
             page(row("n2", "sent") + "," + row("n1", "sent"), "c2"));
  terminal t;
  t.patience = 1;
  CHECK(t.run({"tail", "--user", "u_1", "--lines", "0", "--server", api.url()}) == 0);
  CHECK(t.out == line("n2", "sent") + line("n3", "sent"));
}

TEST_CASE("tail --json prints one object a line") {
  fake_api api;
  api.answer("GET /v1/notifications?limit=10", 200, page(row("n2", "sent") + "," + row("n1", "sent")));
  terminal t;
  CHECK(t.run({"tail", "--json", "--server", api.url()}) == 0);
  CHECK(std::count(t.out.begin(), t.out.end(), '\n') == 2);
  CHECK(t.out.starts_with(R"({"created_at":"2026-05-01T11:59:00Z")"));
}
