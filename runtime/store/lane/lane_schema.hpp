// Tables of a lane's file. A new version is one more row in the table.
#pragma once

#include <cstddef>
#include <span>

#include "runtime/store/sqlite/store_file.hpp"

namespace carillon {

std::span<const migration> lane_schema();

/// Tables idempotency keys rotate through; see claims.hpp.
inline constexpr std::size_t claim_tables = 6;

} // namespace carillon
