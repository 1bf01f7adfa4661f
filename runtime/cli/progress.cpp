#include "runtime/cli/progress.hpp"

#include <algorithm>
#include <ostream>

namespace carillon::cli {
namespace {

constexpr std::size_t bar_width = 30;
/// To column 0, and the rest of the line erased.
constexpr const char* redraw = "\r\033[K";

} // namespace

std::string bar(std::size_t finished, std::size_t total, std::size_t width) {
  const double share = total == 0 ? 1.0 : std::min(1.0, static_cast<double>(finished) / static_cast<double>(total));
  const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  const auto percent = std::to_string(static_cast<int>(share * 100));
  return "[" + std::string(full, '#') + std::string(width - full, '-') + "] " + std::string(3 - percent.size(), ' ')
         + percent + " %  " + std::to_string(finished) + "/" + std::to_string(total);
}

void progress::show(std::size_t finished) {
  if (total_ == 0)
    return;
  if (session_.live) {
    session_.out << redraw << what_ << ' ' << bar(finished, total_, bar_width) << std::flush;
    drawn_ = true;
    return;
  }
  // A line for every tenth, so that a log of it stays short.
  const auto tenths = std::min<std::size_t>(10, finished * 10 / total_);
  if (tenths <= shown_tenths_)
    return;
  shown_tenths_ = tenths;
  session_.out << what_ << ' ' << finished << '/' << total_ << '\n' << std::flush;
}

void progress::end() {
  if (drawn_)
    session_.out << '\n';
  drawn_ = false;
}

} // namespace carillon::cli
