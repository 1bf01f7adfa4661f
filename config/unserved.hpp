// Settings that belong to carillon's public contract but that this version does
// not serve yet. A file that has them is told so, instead of "unknown".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::conf {

struct unserved_setting {
  std::string_view path; ///< `*` stands for any name
  std::string_view what; ///< ends the sentence "this build does not serve ..."
};

/// The row for a path, or null.
const unserved_setting* find_unserved(const std::vector<std::string>& path);

} // namespace carillon::conf
