// Contacts in JSON: `{email, phone, webhook, devices: [{protocol, token}],
// telegram_chat, slack_channel}`, the same in a request's `to` and in a user.
#pragma once

#include "runtime/http/object_reader.hpp"

namespace carillon::http {

/// Reads the contact fields of an object that may have others.
void read_contacts(object_reader& in, contacts& out);

/// Adds the contact fields that are set.
void write_contacts(ordered_json& out, const contacts& where);

/// What is wrong with an address of that channel, empty where it can be used:
/// email `local@domain`, phone E.164, webhook an http(s) URL without user info.
std::string address_problem(channel on, std::string_view address);

} // namespace carillon::http
