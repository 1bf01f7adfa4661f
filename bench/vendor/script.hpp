// How the mock vendor behaves; changed while it runs by `POST /script?name=value&...`.
#pragma once

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace vendor {

struct script {
  std::chrono::nanoseconds delay{}; ///< delay_ms: from the request's last byte to the answer's first
  double fail_rate = 0;             ///< share 0..1 answered with fail_status
  int fail_status = 500;
  double hang_rate = 0; ///< share never answered
  double drop_rate = 0; ///< share whose connection is closed instead of an answer
  bool dedupe = false;  ///< honour webhook-id: a known id is answered at once, without a second effect

  /// Takes over `name=value` pairs joined by `&`; throws std::invalid_argument at an unknown one.
  void apply(std::string_view query) {
    while (!query.empty()) {
      const auto pair = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(pair.size() + 1, query.size()));
      const auto equals = std::min(pair.find('='), pair.size());
      set(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
    }
  }

private:
  void set(std::string_view name, std::string_view text) {
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{})
      throw std::invalid_argument("not a number: " + std::string{text});
    if (name == "delay_ms")
      delay = std::chrono::nanoseconds{static_cast<std::int64_t>(value * 1e6)};
    else if (name == "fail_rate")
      fail_rate = value;
    else if (name == "fail_status")
      fail_status = static_cast<int>(value);
    else if (name == "hang_rate")
      hang_rate = value;
    else if (name == "drop_rate")
      drop_rate = value;
    else if (name == "dedupe")
      dedupe = value != 0;
    else
      throw std::invalid_argument("unknown setting: " + std::string{name});
  }
};

} // namespace vendor
