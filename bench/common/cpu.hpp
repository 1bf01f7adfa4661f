// What this process has cost so far.
#pragma once

#include <sys/resource.h>

namespace bench {

/// User and system time of all threads, in seconds.
inline double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace bench
