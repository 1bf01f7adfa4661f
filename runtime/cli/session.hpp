// What a command works with: streams, clock, environment. Tests put their own in.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "messages/vocabulary.hpp"
#include "runtime/cli/style.hpp"

namespace carillon::cli {

/// What the process ends with.
enum exit_code : int {
  done = 0,
  failed = 1,       ///< the work was tried and did not succeed
  usage = 2,        ///< wrong arguments or configuration
  unreachable = 69, ///< no answer from the service (EX_UNAVAILABLE of sysexits.h)
};

/// Ends a command: the message goes to standard error, the code to the caller.
class command_error : public std::runtime_error {
public:
  command_error(exit_code code, const std::string& message) : std::runtime_error(message), code_(code) {}
  exit_code code() const { return code_; }

private:
  exit_code code_;
};

struct session {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  cli::style style;  ///< of `out`
  bool live = false; ///< `out` is a terminal: a line may be redrawn
  std::map<std::string, std::string> environment;
  std::function<sys_time()> now;
  /// Waits that long; false as soon as the person interrupts.
  std::function<bool(duration)> pause;

  /// An environment variable; nullopt where it is not set or empty.
  std::optional<std::string> env(const std::string& name) const;
};

/// The real terminal, clock and environment of this process.
session process_session();

} // namespace carillon::cli
