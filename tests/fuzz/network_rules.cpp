// Addresses and blocks of the egress guard: what it lets through must be what it says.
#include <array>

#include "runtime/client/egress_policy.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace carillon;
using fuzz::promise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto lines = fuzz::lines_of(fuzz::text_of(data, size));
  std::vector<std::string> allow;
  for (auto line : lines) {
    auto block = parse_ip_block(line);
    if (block)
      promise(block->bits <= 128 && block->contains(block->start), "a block holds its own start");
    if (auto address = parse_ip(line)) {
      promise(block && block->bits == 128 && block->start == *address, "one address is the smallest block");
      auto all = egress_policy{};
      auto listed = egress_policy::parse(std::array{std::string{line}});
      promise(listed && (all.refusal(*address) || !listed->refusal(*address)), "what is listed is allowed");
      promise(!listed->refusal(*address), "what is listed is allowed");
    }
    allow.emplace_back(line);
  }
  auto policy = egress_policy::parse(allow);
  if (!policy)
    promise(!policy.error().fields.empty(), "a wrong entry is named");
  return 0;
}
