#include "config/overlay.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "config/suggest.hpp"

namespace carillon::conf {

namespace {

using key_path = std::vector<std::string>;

/// Puts a value where its path says; sections on the way are made.
void put(table& root, const key_path& path, node value) {
  table* at = &root;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    node* next = find(*at, path[i]);
    if (!next)
      next = &at->emplace_back(entry{path[i], node{table{}, value.at}}).value;
    if (!std::holds_alternative<table>(next->value))
      next->value = table{};
    at = &std::get<table>(next->value);
  }
  if (node* old = find(*at, path.back()))
    *old = std::move(value);
  else
    at->push_back({path.back(), std::move(value)});
}

/// A part of a path as it stands in a variable's name.
std::string shouted(std::string_view part) {
  std::string text;
  for (char c : part) {
    auto byte = static_cast<unsigned char>(c);
    text += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return text;
}

std::string lowered(std::string_view text) {
  std::string result;
  for (char c : text)
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Parts of a path of the settings' tables: none of them has a dot inside.
key_path parts_of(std::string_view path) {
  key_path parts;
  for (std::size_t from = 0; from <= path.size();) {
    auto dot = std::min(path.find('.', from), path.size());
    parts.emplace_back(path.substr(from, dot - from));
    from = dot + 1;
  }
  return parts;
}

/// One way to read a variable's name as a path.
struct reading {
  key_path path;
  std::size_t invented = 0; ///< bytes of names that the document does not have
};

void read_name(std::string_view rest, const key_path& pattern, std::size_t at, const table* inside, reading so_far,
               std::vector<reading>& found);

/// Goes on behind one part of the pattern, now known to be called `name`.
void read_on(std::string_view rest, const key_path& pattern, std::size_t at, const table* inside, reading so_far,
             std::vector<reading>& found, const std::string& name) {
  so_far.path.push_back(name);
  const table* below = nullptr;
  if (inside)
    for (const auto& e : *inside)
      if (e.key == name)
        below = std::get_if<table>(&e.value.value);
  bool last = at + 1 == pattern.size();
  bool inner_section = at > 0 && pattern[at] != "*"; // whole, as { key = value }
  if (rest.empty() && (last || inner_section))
    found.push_back(std::move(so_far));
  else if (rest.starts_with('_') && !last)
    read_name(rest.substr(1), pattern, at + 1, below, std::move(so_far), found);
}

/// Collects every way in which `rest` reads as the pattern's parts from `at` on.
void read_name(std::string_view rest, const key_path& pattern, std::size_t at, const table* inside, reading so_far,
               std::vector<reading>& found) {
  if (pattern[at] != "*") {
    auto word = shouted(pattern[at]);
    if (rest.starts_with(word))
      read_on(rest.substr(word.size()), pattern, at, inside, std::move(so_far), found, pattern[at]);
    return;
  }
  if (inside)
    for (const auto& e : *inside)
      if (auto word = shouted(e.key); !word.empty() && rest.starts_with(word))
        read_on(rest.substr(word.size()), pattern, at, inside, so_far, found, e.key);
  for (std::size_t length = 1; length <= rest.size(); ++length)
    if (length == rest.size() || rest[length] == '_') {
      auto longer = so_far;
      longer.invented += length;
      read_on(rest.substr(length), pattern, at, nullptr, std::move(longer), found, lowered(rest.substr(0, length)));
    }
}

/// The path a variable means; empty where it is no setting.
key_path path_of(std::string_view name, const table& root, const std::vector<std::string>& paths) {
  std::vector<reading> found;
  for (const auto& path : paths)
    read_name(name, parts_of(path), 0, &root, {}, found);
  auto best = std::min_element(found.begin(), found.end(),
                               [](const reading& a, const reading& b) { return a.invented < b.invented; });
  return best == found.end() ? key_path{} : best->path;
}

/// Kubernetes sets CARILLON_..._SERVICE_HOST and the like in every pod beside a service.
bool is_service_link(std::string_view name) {
  return name.ends_with("_SERVICE_HOST") || name.find("_SERVICE_PORT") != std::string_view::npos
         || name.find("_PORT_") != std::string_view::npos || name.ends_with("_PORT");
}

bool names_a_section(std::string_view name, const std::vector<std::string>& paths) {
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    auto section = shouted(path.substr(0, path.find('.')));
    return name.starts_with(section) && name.substr(section.size()).starts_with('_');
  });
}

config_problem unknown_variable(const std::string& name, const std::vector<std::string>& paths) {
  std::vector<std::string> known;
  for (const auto& path : paths)
    if (path.find('*') == std::string::npos)
      known.push_back("CARILLON_" + shouted(path));
  auto near = nearest_word(name, known);
  return {0,
          0,
          name,
          "there is no such setting",
          near ? "Did you mean " + *near + "?" : "Correct the variable's name or unset it.",
          severity::error,
          "environment"};
}

} // namespace

void overlay_environment(document& onto, const std::map<std::string, std::string>& environment,
                         const std::vector<std::string>& paths) {
  static constexpr std::string_view prefix = "CARILLON_";
  for (auto at = environment.lower_bound(std::string{prefix}); at != environment.end() && at->first.starts_with(prefix);
       ++at) {
    auto name = std::string_view{at->first}.substr(prefix.size());
    if (auto path = path_of(name, onto.root, paths); !path.empty())
      put(onto.root, path, parse_typed(at->second, {"environment " + at->first}));
    else if (names_a_section(name, paths) && !is_service_link(name))
      onto.problems.push_back(unknown_variable(at->first, paths));
  }
}

void overlay_arguments(document& onto, const std::vector<std::string>& arguments) {
  for (const auto& argument : arguments) {
    auto equals = argument.find('=');
    auto path = equals == std::string::npos ? std::nullopt : parse_key(argument.substr(0, equals));
    if (path && path->size() > 1)
      put(onto.root, *path, parse_typed(std::string_view{argument}.substr(equals + 1), {"--set"}));
    else
      onto.problems.push_back({0, 0, argument.substr(0, equals), "--set takes section.key=value",
                               "Write for example --set server.listen=127.0.0.1:8080.", severity::error, "--set"});
  }
}

} // namespace carillon::conf
