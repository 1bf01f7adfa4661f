// Tables of control.db. A new version is one more row in the table.
#pragma once

#include <span>

#include "runtime/store/sqlite/store_file.hpp"

namespace carillon {

std::span<const migration> control_schema();

} // namespace carillon
