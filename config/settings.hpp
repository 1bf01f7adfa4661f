// The form of the tables that say which settings there are: one row a setting,
// with its key, the member of `options.hpp` it fills, and its limits. The tables
// themselves stand in settings_server.cpp, settings_delivery.cpp and settings.cpp.
//
// To add a setting: a member in options.hpp, a row in one of those tables, and a
// line in carillon.toml. Nothing else; the tests notice a missing line.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/options.hpp"
#include "config/reader.hpp"
#include "config/suggest.hpp"

namespace carillon::conf {

/// How one setting is read into a section.
template <class Section>
struct binding {
  std::function<void(Section&, const node&, reader&)> read;
  std::vector<std::string> below = {}; ///< of a section: key paths under it, `*` for a name
};

template <class Section>
struct setting {
  std::string_view key;
  binding<Section> bind;
};
template <class Section>
using settings = std::vector<setting<Section>>;

/// Words of an enum, in the order they are listed to people.
template <class Enum>
using words = std::vector<std::pair<std::string_view, Enum>>;

/// The whole configuration.
const settings<options>& all_settings();
const settings<server_options>& server_settings();
const settings<auth_options>& auth_settings();
const settings<store_options>& store_settings();
const settings<node_options>& node_settings();
const settings<lane_options>& lane_settings();
const settings<provider_options>& provider_settings();
const settings<channel_options>& channel_settings();
const settings<category_options>& category_settings();
const settings<type_options>& type_settings();
const settings<limit_options>& limit_settings();
const settings<limits_options>& limits_settings();
const settings<egress_options>& egress_settings();
const settings<log_options>& log_settings();
const settings<retry_budget_options>& retry_budget_settings();
const settings<quiet_options>& quiet_settings();

/// Every key path of a table: `server.listen`, `providers.*.breaker.window`.
template <class Section>
std::vector<std::string> key_paths(const settings<Section>& rows) {
  std::vector<std::string> paths;
  for (const auto& row : rows) {
    if (row.bind.below.empty())
      paths.emplace_back(row.key);
    for (const auto& path : row.bind.below)
      paths.push_back(std::string{row.key} + "." + path);
  }
  return paths;
}

/// Reads a section: every entry by its row, every other entry is a problem.
template <class Section>
void read_section(Section& into, const node& from, reader& in, const settings<Section>& rows) {
  const table* entries = in.entries(from);
  if (!entries)
    return;
  for (const auto& [key, value] : *entries) {
    auto scope = in.enter(key, value);
    auto row = std::find_if(rows.begin(), rows.end(), [&k = key](const auto& r) { return r.key == k; });
    if (row != rows.end()) {
      row->bind.read(into, value, in);
      continue;
    }
    std::vector<std::string> known;
    for (const auto& r : rows)
      known.emplace_back(r.key);
    in.unknown(value, key, known);
  }
}

// ------------------------------------------------------------- single values

/// Puts what `read` answers into the member, if it answers; members may be optional.
template <class Section, class Member, class Read>
binding<Section> value_of(Member Section::*member, Read read) {
  return {[member, read](Section& into, const node& from, reader& in) {
    if (auto found = read(from, in))
      into.*member = std::move(*found);
  }};
}

template <class Section>
binding<Section> flag(bool Section::*member) {
  return value_of(member, [](const node& from, reader& in) { return in.flag(from); });
}

template <class Section, class Whole>
binding<Section> whole(Whole Section::*member, std::int64_t least, std::int64_t most, std::string_view unit = "") {
  return value_of(member, [=](const node& from, reader& in) {
    auto found = in.whole(from, least, most, unit);
    return found ? std::optional{static_cast<Whole>(*found)} : std::nullopt;
  });
}

template <class Section>
binding<Section> number(double Section::*member, double least, double most) {
  return value_of(member, [=](const node& from, reader& in) { return in.number(from, least, most); });
}

/// `Member` is a duration or an optional one.
template <class Section, class Member>
binding<Section> span(Member Section::*member, duration least, duration most) {
  return value_of(member, [=](const node& from, reader& in) { return in.span(from, least, most); });
}

template <class Section>
binding<Section> text(std::string Section::*member) {
  return value_of(member, [](const node& from, reader& in) { return in.text(from); });
}

template <class Section>
binding<Section> path(std::string Section::*member) {
  return value_of(member, [](const node& from, reader& in) { return in.path(from); });
}

template <class Section>
binding<Section> texts(std::vector<std::string> Section::*member) {
  return value_of(member, [](const node& from, reader& in) { return in.texts(from); });
}

// ------------------------------------------------------------- words

/// The words of an enum of vocabulary.hpp, from its own `to_string`.
template <class Enum>
words<Enum> words_of(std::initializer_list<Enum> values) {
  words<Enum> all;
  for (auto value : values)
    all.emplace_back(to_string(value), value);
  return all;
}

template <class Enum>
std::vector<std::string> names_of(const words<Enum>& known) {
  std::vector<std::string> names;
  for (const auto& [name, value] : known)
    names.emplace_back(name);
  return names;
}

/// The value of a word; nothing, with a problem, where it is none of them.
template <class Enum>
std::optional<Enum> read_word(const std::string& word, const node& from, reader& in, const words<Enum>& known) {
  for (const auto& [name, value] : known)
    if (name == word)
      return value;
  auto names = names_of(known);
  in.wrong(from, "\"" + word + "\" is not one of " + listed(names), did_you_mean(word, names));
  return std::nullopt;
}

/// `Member` is the enum or an optional one.
template <class Section, class Member, class Enum>
binding<Section> word(Member Section::*member, words<Enum> known) {
  return value_of(member, [known = std::move(known)](const node& from, reader& in) -> std::optional<Enum> {
    auto found = in.text(from);
    return found ? read_word(*found, from, in, known) : std::nullopt;
  });
}

template <class Section, class Enum>
binding<Section> word_list(std::vector<Enum> Section::*member, words<Enum> known) {
  return value_of(member, [known = std::move(known)](const node& from, reader& in) -> std::optional<std::vector<Enum>> {
    auto found = in.texts(from);
    if (!found)
      return std::nullopt;
    std::vector<Enum> values;
    for (const auto& one : *found)
      if (auto value = read_word(one, from, in, known))
        values.push_back(*value);
    return values;
  });
}

// ------------------------------------------------------------- sections

/// A section of its own.
template <class Section, class Inner>
binding<Section> section(Inner Section::*member, const settings<Inner>& rows) {
  return {[=, &rows](Section& into, const node& from, reader& in) { read_section(into.*member, from, in, rows); },
          key_paths(rows)};
}

/// A section that may be left out.
template <class Section, class Inner>
binding<Section> section(std::optional<Inner> Section::*member, const settings<Inner>& rows) {
  return {
    [=, &rows](Section& into, const node& from, reader& in) { read_section((into.*member).emplace(), from, in, rows); },
    key_paths(rows)};
}

/// Keys of the same struct that stand in a section of the file.
template <class Section>
binding<Section> group(settings<Section> rows) {
  auto below = key_paths(rows);
  return {[rows = std::move(rows)](Section& into, const node& from, reader& in) { read_section(into, from, in, rows); },
          std::move(below)};
}

/// A key of this section that fills a struct inside of it.
template <class Section, class Inner>
binding<Section> inside(Inner Section::*member, binding<Inner> inner) {
  return {[=](Section& into, const node& from, reader& in) { inner.read(into.*member, from, in); }};
}

/// Sections with names people choose; what stands already is amended.
template <class Section, class Inner>
binding<Section> by_name(std::map<std::string, Inner> Section::*member, const settings<Inner>& rows, std::size_t most) {
  std::vector<std::string> below;
  for (const auto& path : key_paths(rows))
    below.push_back("*." + path);
  return {[=, &rows](Section& into, const node& from, reader& in) {
            const table* entries = in.entries(from);
            if (entries && entries->size() > most)
              in.wrong(from, "has " + std::to_string(entries->size()) + " entries",
                       "At most " + std::to_string(most) + " are served.");
            else if (entries)
              for (const auto& [name, value] : *entries) {
                auto scope = in.enter(name, value);
                read_section((into.*member)[name], value, in, rows);
              }
          },
          std::move(below)};
}

/// Sections named by the words of an enum.
template <class Section, class Enum, class Inner>
binding<Section> by_word(std::map<Enum, Inner> Section::*member, words<Enum> known, const settings<Inner>& rows) {
  std::vector<std::string> below;
  for (const auto& name : names_of(known))
    for (const auto& path : key_paths(rows))
      below.push_back(name + "." + path);
  return {[=, &rows, known = std::move(known)](Section& into, const node& from, reader& in) {
            if (const table* entries = in.entries(from))
              for (const auto& [name, value] : *entries) {
                auto scope = in.enter(name, value);
                if (auto which = read_word(name, value, in, known))
                  read_section((into.*member)[*which], value, in, rows);
              }
          },
          std::move(below)};
}

} // namespace carillon::conf
