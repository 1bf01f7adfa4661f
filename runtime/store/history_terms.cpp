#include "runtime/store/history_terms.hpp"

#include <algorithm>

#include "messages/transitions.hpp"

namespace carillon {

bool matches(const notification_filter& what, const notification_view& view) {
  auto on_channel = [&](const delivery& d) { return d.channel == *what.channel; };
  if (what.channel && std::none_of(view.deliveries.begin(), view.deliveries.end(), on_channel))
    return false;
  return what.status.empty() || notification_status(view.deliveries) == what.status;
}

bool last_attempt_matches(const dead_letter_filter& what, const std::vector<attempt>& attempts) {
  if (what.provider.empty() && what.code.empty())
    return true;
  return !attempts.empty() && (what.provider.empty() || attempts.back().provider == what.provider)
         && (what.code.empty() || attempts.back().code == what.code);
}

} // namespace carillon
