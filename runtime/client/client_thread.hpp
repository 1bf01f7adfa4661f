// What every thread of the client does first.
#pragma once

#include <algorithm>
#include <csignal>
#include <pthread.h>
#include <string>

namespace carillon {

/// Names the calling thread and keeps signals away from it: they belong to the
/// main thread, and a broken connection shall be an error, not a SIGPIPE.
inline void become_client_thread(std::string name) {
  name.resize(std::min<std::size_t>(name.size(), 15)); // Linux takes no more
  pthread_setname_np(pthread_self(), name.c_str());
  sigset_t all{};
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace carillon
