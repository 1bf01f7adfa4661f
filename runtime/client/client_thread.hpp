// What every thread of the client does first.
#pragma once

#include <csignal>
#include <string>

#include "runtime/client/client_settings.hpp"
#include "runtime/thread.hpp"

namespace carillon {

/// Begins the calling thread and keeps signals away from it: they belong to the
/// main thread, and a broken connection shall be an error, not a SIGPIPE.
inline void become_client_thread(const client_settings& settings, const std::string& suffix = "") {
  begin_thread(settings.thread_name + suffix, settings.whose);
  sigset_t all{};
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace carillon
