#include "runtime/cli/session.hpp"

#include <csignal>
#include <ctime>
#include <iostream>
#include <unistd.h>

#include "config/load.hpp"

namespace carillon::cli {
namespace {

sys_time wall_now() {
  return std::chrono::time_point_cast<sys_time::duration>(std::chrono::system_clock::now());
}

/// SIGINT and SIGTERM are blocked only while a command watches for them, so that
/// everything else ends at once, as people expect.
bool wait_for_interrupt(duration how_long) {
  sigset_t stop, before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, &before);
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(how_long);
  timespec limit{};
  limit.tv_sec = whole.count();
  limit.tv_nsec = std::chrono::nanoseconds{how_long - whole}.count();
  const int caught = sigtimedwait(&stop, nullptr, &limit);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return caught == -1;
}

} // namespace

std::optional<std::string> session::env(const std::string& name) const {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? std::nullopt : std::optional{found->second};
}

session process_session() {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  session real{std::cin, std::cout, std::cerr, style{}, terminal, process_environment(), wall_now, wait_for_interrupt};
  real.style = cli::style{terminal && !real.env("NO_COLOR") && real.env("TERM") != "dumb"};
  return real;
}

} // namespace carillon::cli
