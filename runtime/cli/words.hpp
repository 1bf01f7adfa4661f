// Words for people: lists, and what somebody may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace carillon::cli {

/// `a`, `a or b`, `a, b or c`.
std::string listed(const std::vector<std::string>& words, std::string_view last);

/// The known word that differs least from what was typed, by two letters at most
/// and not by most of them (leading dashes apart); empty where there is none.
std::string nearest(std::string_view typed, const std::vector<std::string>& known);

} // namespace carillon::cli
