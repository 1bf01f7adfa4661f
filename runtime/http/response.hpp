// Notifications as readers see them. Addresses are masked: a reader of status
// learns which address it was only if it knew it already.
#pragma once

#include "messages/ports.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

/// `s***@example.org`, `+49***12`, else the first three characters and `***`. in_app's is the user's id, shown.
std::string masked(channel on, const std::string& address);

ordered_json delivery_json(const delivery& d);
/// An erased one has id, status and `erased` only.
ordered_json notification_json(const notification_view& view);

/// What one channel shows: title, body, html where there is one, data.
ordered_json rendered_json(const rendered& what);

/// Null, or the time in RFC 3339.
ordered_json time_json(const std::optional<sys_time>& at);

/// JSON text that was checked at a door, as a value again; null should it not parse.
ordered_json kept_json(const std::string& text);

} // namespace carillon::http
