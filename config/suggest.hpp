// "Did you mean": the known word nearest to one that is not known.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carillon {

/// The word with the fewest edits (insert, delete, replace, swap neighbours), at
/// most a third of the word's length; one is always allowed.
std::optional<std::string> nearest_word(std::string_view word, const std::vector<std::string>& known);

/// `a, b, c` for a sentence; with `last` = "or" `a, b or c`.
std::string listed(const std::vector<std::string>& words, std::string_view last = {});

/// "Did you mean X?", else "Use one of: ...".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

} // namespace carillon
