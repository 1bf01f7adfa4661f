// Notifications as readers see them. Addresses are masked: a reader of status
// learns which address it was only if it knew it already.
#pragma once

#include <functional>

#include "actors/policy/waiting.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

/// What a delivery of that lane waits for now, where that is known. `route`: the
/// providers in order; empty for a stored one, whose queue says it.
using wait_finder = std::function<std::optional<waiting>(lane l, const delivery& d, std::vector<std::string> route)>;

/// `s***@example.org`, `+49***12`, else the first three characters and `***`. in_app's is the user's id, shown.
std::string masked(channel on, const std::string& address);

/// `waits`: what holds it now, where that is known.
ordered_json delivery_json(const delivery& d, const std::optional<waiting>& waits = {});
/// An erased one has id, status and `erased` only.
ordered_json notification_json(const notification_view& view, const wait_finder& waits = {});

/// `{provider, rule, reason, until}`.
ordered_json waiting_json(const waiting& what);

/// What one channel shows: title, body, html where there is one, data.
ordered_json rendered_json(const rendered& what);

/// Null, or the time in RFC 3339.
ordered_json time_json(const std::optional<sys_time>& at);

/// JSON text that was checked at a door, as a value again; null should it not parse.
ordered_json kept_json(const std::string& text);

} // namespace carillon::http
