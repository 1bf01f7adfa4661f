#include "runtime/http/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace carillon::http {
namespace {

constexpr std::size_t kept_for_others = 512; // files of the stores, connections to vendors, listeners
constexpr std::size_t fewest_connections = 16;

} // namespace

std::size_t make_room_for(std::size_t connections) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return connections; // unknown: accepting waits where descriptors run out
  auto wanted = std::min<rlim_t>(connections + kept_for_others, files.rlim_max);
  if (files.rlim_cur < wanted) {
    rlimit raised{wanted, files.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
      files = raised;
  }
  auto room = files.rlim_cur > kept_for_others ? files.rlim_cur - kept_for_others : 0;
  return std::clamp<std::size_t>(room, std::min(fewest_connections, connections), connections);
}

} // namespace carillon::http
