#include "runtime/http/exchange.hpp"

#include <array>

namespace carillon::http {

std::string_view to_string(method value) {
  constexpr std::array<std::string_view, 8> words{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"};
  return words[static_cast<std::size_t>(value)];
}

std::optional<std::string_view> request::parameter(std::string_view name) const {
  for (auto& [known, value] : query)
    if (known == name)
      return value;
  return std::nullopt;
}

void responder::operator()(result<answer> what) const {
  // The sink is locked on its own thread only, so that it is never destroyed on another.
  pool_->dispatch([to = to_, serial = serial_, what = std::move(what)]() mutable {
    if (auto sink = to.lock())
      sink->take(serial, std::move(what));
  });
}

} // namespace carillon::http
