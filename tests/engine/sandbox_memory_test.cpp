#include "runtime/engine/sandbox_memory.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace carillon;

namespace {

sandbox_message message(std::string user, std::size_t bytes) {
  sandbox_message out;
  out.what.body = std::string(bytes, 'x');
  out.what.data.clear();
  out.user_id = std::move(user);
  return out;
}

} // namespace

TEST_CASE("the sandbox keeps the newest messages, bounded by number and by bytes") {
  sandbox_memory memory;
  const auto count = [&] { return memory.newest({}, 10'000).size(); };
  for (std::size_t i = 0; i < sandbox_memory::kept + 5; ++i)
    memory.add(message("small", 1));
  CHECK(count() == sandbox_memory::kept);

  for (int i = 0; i < 4; ++i)
    memory.add(message("large", sandbox_memory::kept_bytes / 3));
  CHECK(count() == 3);
  CHECK(memory.newest({}, 1).front().user_id == "large");

  memory.forget({}, "large");
  CHECK(count() == 0);
  memory.add(message("huge", sandbox_memory::kept_bytes + 1));
  CHECK(count() == 1); // the newest, whatever its size
  memory.add(message("small", 1));
  CHECK(count() == 1);
}
