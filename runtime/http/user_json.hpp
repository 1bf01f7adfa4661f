// A person's profile and choices in JSON, both ways.
#pragma once

#include "config/options.hpp"
#include "messages/domain.hpp"
#include "runtime/http/object_reader.hpp"

namespace carillon::http {

/// The part that PUT takes: contacts, time_zone, locale, attributes.
ordered_json profile_json(const user& who);
/// The same with id and times, as GET answers it.
ordered_json user_json(const user& who);
/// Fills contacts, time_zone, locale and attributes of `out`; what is absent becomes empty.
void read_profile(object_reader& in, user& out);

/// `{preferences: [{type | category, channel, enabled}], quiet_hours, digest}`.
ordered_json preferences_json(const user& who);
/// Fills rules, quiet_hours and digest of `out`. Categories must be declared in `config`.
void read_preferences(object_reader& in, const options& config, user& out);

} // namespace carillon::http
