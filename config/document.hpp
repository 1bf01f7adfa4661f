// A configuration as it was written: a tree of values that know their place. The
// only part of carillon that knows the TOML library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/problem.hpp"

namespace carillon::conf {

struct node;
struct entry;
using list = std::vector<node>;
using table = std::vector<entry>;
/// A date or time: TOML has them, no setting takes one.
struct moment {};

struct node {
  std::variant<bool, std::int64_t, double, std::string, moment, list, table> value;
  place at;
  /// The text as it was typed, where it came from the environment or --set: a name
  /// may look like a number there.
  std::optional<std::string> typed = {};
};

struct entry {
  std::string key;
  node value;
};

/// What kind of value it is, for a sentence: "text", "a whole number", ...
std::string_view kind_of(const node& value);

/// Null where the key is not there.
node* find(table& in, std::string_view key);

/// A document; where it is not TOML, an empty one with the problem.
struct document {
  table root;
  std::vector<config_problem> problems;
};
document parse_document(std::string_view text, const std::string& source);

/// A value from the environment or --set: TOML where it is that, else text.
node parse_typed(std::string_view text, const place& at);

/// The parts of a dotted key, quotes understood; nothing where it is not a key.
std::optional<std::vector<std::string>> parse_key(std::string_view dotted);

/// One part of a key path as it stands in a file, quoted where it has to be.
std::string quoted_key(std::string_view part);

} // namespace carillon::conf
