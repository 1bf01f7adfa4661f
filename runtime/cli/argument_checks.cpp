#include "runtime/cli/argument_checks.hpp"

#include <algorithm>
#include <charconv>
#include <iomanip>
#include <sstream>

#include "config/suggest.hpp"
#include "runtime/cli/style.hpp"

namespace carillon::cli {
namespace {

template <class T>
CLI::Validator within(T least, T most, const std::string& kind) {
  std::ostringstream range;
  range << std::setprecision(7) << least << " to " << most;
  const auto wanted = "must be " + kind + " from " + range.str();
  auto check = [=](const std::string& text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool fits = error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most;
    return fits ? std::string{} : wanted + ", but is \"" + printable(text) + '"';
  };
  return {check, range.str()};
}

} // namespace

CLI::Validator whole_number(long least, long most) {
  return within(least, most, "a whole number");
}

CLI::Validator number(double least, double most) {
  return within(least, most, "a number");
}

CLI::Validator one_of(std::vector<std::string> words) {
  auto list = listed(words, "or");
  auto check = [words = std::move(words), list](const std::string& text) {
    return std::find(words.begin(), words.end(), text) != words.end()
             ? std::string{}
             : "must be " + list + ", but is \"" + printable(text) + '"';
  };
  return {check, list};
}

} // namespace carillon::cli
