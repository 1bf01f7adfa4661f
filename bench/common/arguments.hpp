// `--name value` pairs of a command line.
#pragma once

#include <charconv>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

class arguments {
public:
  arguments(int argc, char** argv, std::string_view known) {
    for (int i = 1; i < argc; i += 2) {
      const std::string name = argv[i];
      if (name.rfind("--", 0) != 0
          || (" " + std::string{known} + " ").find(" " + name.substr(2) + " ") == std::string::npos)
        throw std::invalid_argument("unknown argument " + name + "; known, each with a value: " + std::string{known});
      if (i + 1 == argc)
        throw std::invalid_argument(name + " needs a value");
      values_[name.substr(2)] = argv[i + 1];
    }
  }

  std::string text(const std::string& name, const std::string& otherwise = "") const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
  }
  double number(const std::string& name, double otherwise = 0) const {
    const auto word = text(name);
    if (word.empty())
      return otherwise;
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size())
      throw std::invalid_argument("--" + name + " needs a number, not \"" + word + "\"");
    return value;
  }

private:
  std::map<std::string, std::string> values_;
};

} // namespace bench
