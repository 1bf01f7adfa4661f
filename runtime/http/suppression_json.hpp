// One entry of the suppression ledger in JSON.
#pragma once

#include "runtime/http/response.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

inline ordered_json suppression_json(const suppression& s) {
  return {{"id", s.id},
          {"channel", to_string(s.channel)},
          {"address", s.address},
          {"cause", to_string(s.cause)},
          {"note", s.note},
          {"expires_at", time_json(s.expires_at)},
          {"created_at", time_json(s.created_at)}};
}

} // namespace carillon::http
