#include "runtime/cli/words.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace carillon::cli {
namespace {

std::string_view without_dashes(std::string_view word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

/// Letters to insert, take away or change (Levenshtein, one row at a time).
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const auto changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

} // namespace

std::string listed(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0)
      text += i + 1 < words.size() ? ", " : " " + std::string{last} + " ";
    text += words[i];
  }
  return text;
}

std::string nearest(std::string_view typed, const std::vector<std::string>& known) {
  constexpr std::size_t longest = 64; // what is longer is no slip of the fingers
  const auto wanted = without_dashes(typed);
  std::string best;
  std::size_t least = wanted.size() > longest ? 0 : std::min<std::size_t>(3, (wanted.size() + 1) / 2);
  for (auto& word : known)
    if (const auto apart = distance(wanted, without_dashes(word)); apart < least) {
      least = apart;
      best = word;
    }
  return best;
}

} // namespace carillon::cli
