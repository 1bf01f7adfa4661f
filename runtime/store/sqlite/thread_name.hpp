// Names for the store's threads, as debuggers and `top -H` show them.
#pragma once

#include <pthread.h>

#include <string>

namespace carillon {

/// At most 15 bytes are kept, the kernel's limit.
inline void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

} // namespace carillon
