// Holds the table of states in ARCHITECTURE.md against the one in the code.
#include <fstream>
#include <iostream>
#include <sstream>

#include "messages/transitions.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

constexpr std::string_view marker = "<!-- states -->\n";

std::string ending_of(const status_row& row) {
  return row.unfinished ? "no" : row.terminal ? "yes" : "unless a receipt comes";
}

std::string row_text(const status_row& row) {
  std::string next;
  for (auto to : row.next)
    next += (next.empty() ? "" : ", ") + std::string{to_string(to)};
  std::ostringstream out;
  out << "| " << to_string(row.status) << " | " << ending_of(row) << " | " << (next.empty() ? "none" : next) << " | "
      << row.notification << " | " << row.kafka << " | " << row.older << " |\n";
  return out.str();
}

std::string expected_table() {
  std::string text = "| state | ended | may become | notification | Kafka | older callers |\n"
                     "|---|---|---|---|---|---|\n";
  for (auto& row : status_table())
    text += row_text(row);
  return text;
}

std::string document() {
  std::ifstream file{CARILLON_SOURCE_DIR "/ARCHITECTURE.md"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("the documented states are those of the code") {
  auto text = document();
  auto at = text.find(marker);
  if (at == std::string::npos) {
    SUCCEED("ARCHITECTURE.md has no table of states");
    return;
  }
  auto table = text.substr(text.find_first_not_of('\n', at + marker.size()));
  table = table.substr(0, table.find("\n\n") + 1);
  if (table != expected_table()) { // printed here, as a failure's message is wrapped
    std::cerr << "ARCHITECTURE.md needs this under " << marker << '\n' << expected_table() << '\n';
    FAIL("The table of states in ARCHITECTURE.md is not that of the code.");
  }
}
