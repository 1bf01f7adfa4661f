// Log lines about one delivery. All of them carry the same three ids, so that the
// request's id, which its sender was answered with, finds every attempt, and an
// attempt its request.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "messages/ports.hpp"

namespace carillon {

/// Nothing is put together while that level is off. `more` answers the line's own
/// fields; it names no address, no text of a message and nothing a vendor wrote freely.
template <class More>
void log_of(telemetry& watch, log_level level, std::string_view event, const notification_ptr& n, const delivery& d,
            More more) {
  if (!watch.wants(level))
    return;
  log_fields fields{{"request_id", n ? n->correlation_id : std::string{}},
                    {"notification_id", n ? to_string(n->id) : std::string{}},
                    {"delivery_id", to_string(d.id)}};
  log_fields own = more();
  for (auto& field : own)
    fields.push_back(std::move(field));
  watch.log(level, event, std::move(fields));
}

/// How its last attempt ended: accepted ones at debug, so that the log does not grow with traffic.
inline void log_attempt_end(telemetry& watch, const notification_ptr& n, const delivery& d) {
  auto& a = d.attempts.back();
  auto ended = a.outcome.value_or(outcome::ambiguous);
  log_of(watch, ended == outcome::accepted ? log_level::debug : log_level::info, "attempt.ended", n, d, [&] {
    return log_fields{{"provider", a.provider},
                      {"attempt", std::to_string(a.number)},
                      {"outcome", std::string{to_string(ended)}},
                      {"code", a.code}};
  });
}

} // namespace carillon
