// One item of the in-app feed in JSON.
#pragma once

#include "runtime/http/response.hpp"
#include "runtime/http/rfc3339.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

inline ordered_json inbox_item_json(const inbox_item& item) {
  return {{"delivery_id", to_string(item.delivery_id)},
          {"notification_id", to_string(item.notification_id)},
          {"type", item.type},
          {"title", item.title},
          {"body", item.body},
          {"data", kept_json(item.data)},
          {"state", item.state},
          {"created_at", format_rfc3339(item.created_at)}};
}

} // namespace carillon::http
