#include "config/document.hpp"

#include <algorithm>
#include <array>
#include <toml++/toml.h>

namespace carillon::conf {

namespace {

place place_of(const toml::source_region& region, const std::string& source) {
  return {source, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

node convert(const toml::node& from, const std::string& source);

table convert_table(const toml::table& from, const std::string& source) {
  table into;
  for (const auto& [key, value] : from) {
    into.push_back({std::string{key.str()}, convert(value, source)});
    into.back().value.at = place_of(key.source(), source);
  }
  return into;
}

list convert_list(const toml::array& from, const std::string& source) {
  list into;
  for (const auto& item : from)
    into.push_back(convert(item, source));
  return into;
}

node convert(const toml::node& from, const std::string& source) {
  node into{{}, place_of(from.source(), source)};
  if (const auto* inner = from.as_table())
    into.value = convert_table(*inner, source);
  else if (const auto* items = from.as_array())
    into.value = convert_list(*items, source);
  else if (const auto* text = from.as_string())
    into.value = text->get();
  else if (const auto* whole = from.as_integer())
    into.value = whole->get();
  else if (const auto* number = from.as_floating_point())
    into.value = number->get();
  else if (const auto* flag = from.as_boolean())
    into.value = flag->get();
  else
    into.value = moment{};
  return into;
}

} // namespace

std::string_view kind_of(const node& value) {
  static constexpr std::array<std::string_view, 7> names{"true or false",  "a whole number", "a number", "text",
                                                         "a date or time", "a list",         "a table"};
  return names[value.value.index()];
}

node* find(table& in, std::string_view key) {
  auto found = std::find_if(in.begin(), in.end(), [&](const entry& e) { return e.key == key; });
  return found == in.end() ? nullptr : &found->value;
}

document parse_document(std::string_view text, const std::string& source) {
  try {
    return {convert_table(toml::parse(text), source), {}};
  } catch (const toml::parse_error& error) {
    auto at = place_of(error.source(), source);
    return {{},
            {{at.line, at.column, "", "this is not TOML: " + std::string{error.description()},
              "Correct this line; the lines after it were not read.", severity::error, source}}};
  }
}

node parse_typed(std::string_view text, const place& at) {
  node result{std::string{text}, at, std::string{text}};
  if (text.find('\n') != std::string_view::npos)
    return result;
  try {
    auto parsed = toml::parse("value = " + std::string{text});
    result.value = convert(*parsed.get("value"), at.source).value;
  } catch (const toml::parse_error&) {
    // Not TOML, so it is the text itself: nobody quotes twice in a shell.
  }
  return result;
}

std::optional<std::vector<std::string>> parse_key(std::string_view dotted) {
  if (dotted.find_first_of("=\n#") != std::string_view::npos)
    return std::nullopt;
  try {
    auto parsed = toml::parse(std::string{dotted} + " = 0");
    std::vector<std::string> parts;
    for (const toml::table* at = &parsed; at != nullptr; at = at->begin()->second.as_table())
      parts.emplace_back(at->begin()->first.str());
    return parts;
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

std::string quoted_key(std::string_view part) {
  auto bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (!part.empty() && std::all_of(part.begin(), part.end(), bare))
    return std::string{part};
  return '"' + std::string{part} + '"';
}

} // namespace carillon::conf
