// Progress of a long job: a bar that is redrawn on a terminal, else a line now
// and then.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/cli/session.hpp"

namespace carillon::cli {

class progress {
public:
  progress(session& s, std::string what, std::size_t total) : session_(s), what_(std::move(what)), total_(total) {}

  /// `finished` of the total; draws where it moved, and nothing of a total of 0.
  void show(std::size_t finished);
  /// Ends the bar's line.
  void end();

private:
  session& session_;
  std::string what_;
  std::size_t total_;
  std::size_t shown_tenths_ = 0; ///< of the lines without a terminal
  bool drawn_ = false;
};

/// `[#####-----]  50 %  1200/2400`; `width` is the number of marks.
std::string bar(std::size_t finished, std::size_t total, std::size_t width);

} // namespace carillon::cli
