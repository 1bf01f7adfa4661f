// A configuration file, and the values of --set and the environment.
#include <sys/mman.h>
#include <unistd.h>

#include "actors/providers/protocol.hpp"
#include "config/addresses.hpp"
#include "config/document.hpp"
#include "config/load.hpp"
#include "config/units.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace carillon;
using fuzz::promise;

namespace {

std::vector<protocol_facts> facts() {
  std::vector<protocol_facts> all;
  for (auto& p : protocols())
    all.push_back({p.name, p.channel, p.credential_keys, p.needs_from, p.needs_base_url, p.needs_signing_secret});
  return all;
}

/// A file in memory, written anew each time.
std::string file_with(std::string_view text) {
  static const int fd = ::memfd_create("carillon.toml", 0);
  promise(fd >= 0 && ::ftruncate(fd, 0) == 0, "a file in memory");
  promise(::pwrite(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()), "a file in memory");
  return "/proc/self/fd/" + std::to_string(fd);
}

void check_words(std::string_view text) {
  if (auto span = parse_duration(text); span && *span >= std::chrono::milliseconds{1})
    promise(parse_duration(show_duration(*span)) == span, "a duration reads back as what was shown");
  if (auto at = parse_listen(text))
    promise(!at->host.empty(), "an address has a host");
  if (auto key = conf::parse_key(text))
    promise(!key->empty(), "a key has a part");
  static_cast<void>(is_cidr(text));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  if (text.find("file") != std::string_view::npos) // `{ file = ... }` reads whatever there is
    return 0;
  load_request request;
  auto lines = fuzz::lines_of(text);
  if (!lines.empty())
    check_words(lines.front());
  if (!text.empty() && text.front() == '=')
    for (auto line : lines)
      request.set.emplace_back(line.substr(line.empty() ? 0 : 1));
  else
    request.file = file_with(text);
  static const auto known = facts();
  auto got = load_and_validate(request, known);
  for (auto& problem : got.problems)
    promise(!problem.message.empty(), "a problem has a sentence");
  return 0;
}
