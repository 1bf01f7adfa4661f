#include "config/reader.hpp"

#include <cmath>
#include <fstream>
#include <sstream>

#include "config/suggest.hpp"
#include "config/units.hpp"
#include "config/unserved.hpp"

namespace carillon::conf {

namespace {

/// A file that holds one value: keys and certificates are far smaller.
constexpr std::size_t value_file_bytes = 65'536;

/// A number as it stands in a file: without zeros at the end.
std::string shown(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, ',');) {
    auto first = part.find_first_not_of(' ');
    if (first != std::string::npos)
      parts.push_back(part.substr(first, part.find_last_not_of(' ') - first + 1));
  }
  return parts;
}

} // namespace

reader::reader(std::filesystem::path folder, const std::map<std::string, std::string>& environment)
    : folder_(std::move(folder)), environment_(environment) {}

path_scope reader::enter(const std::string& key, const node& value) {
  path_.push_back(key);
  where[key_path()] = value.at;
  return path_scope{*this};
}

std::string reader::key_path() const {
  std::string path;
  for (const auto& part : path_)
    path += (path.empty() ? "" : ".") + quoted_key(part);
  return path;
}

void reader::wrong(const node& at, std::string message, std::string remedy) {
  problems.push_back(
    {at.at.line, at.at.column, key_path(), std::move(message), std::move(remedy), severity::error, at.at.source});
}

void reader::unknown(const node& at, const std::string& key, const std::vector<std::string>& known) {
  if (const auto* row = find_unserved(path_))
    wrong(at, "this build does not serve " + std::string{row->what} + " yet",
          path_.size() == 1 ? "Remove the section." : "Remove the setting.");
  else
    wrong(at, "there is no such setting", did_you_mean(key, known));
}

const table* reader::entries(const node& from) {
  const auto* found = std::get_if<table>(&from.value);
  if (!found)
    wrong(from, "is " + std::string{kind_of(from)} + ", but a section is needed",
          "Write it as [" + key_path() + "] with one setting a line, or as { key = value }.");
  return found;
}

const list* reader::items(const node& from) {
  const auto* found = std::get_if<list>(&from.value);
  if (!found)
    wrong(from, "is " + std::string{kind_of(from)} + ", but a list is needed", "Write it as [\"...\", \"...\"].");
  return found;
}

std::optional<bool> reader::flag(const node& from) {
  if (const auto* found = std::get_if<bool>(&from.value))
    return *found;
  wrong(from, "is " + std::string{kind_of(from)} + ", but true or false is needed", "Write true or false.");
  return std::nullopt;
}

std::optional<std::int64_t> reader::whole(const node& from, std::int64_t least, std::int64_t most,
                                          std::string_view unit) {
  auto range = "a whole number from " + std::to_string(least) + " to " + std::to_string(most)
               + (unit.empty() ? "" : " (" + std::string{unit} + ")");
  const auto* found = std::get_if<std::int64_t>(&from.value);
  if (!found)
    wrong(from, "is " + std::string{kind_of(from)} + ", but a whole number is needed", "Use " + range + ".");
  else if (*found < least || *found > most)
    wrong(from, "is " + std::to_string(*found) + ", which is too " + (*found < least ? "small" : "large"),
          "Use " + range + ".");
  else
    return *found;
  return std::nullopt;
}

std::optional<double> reader::number(const node& from, double least, double most) {
  auto range = "a number from " + shown(least) + " to " + shown(most);
  std::optional<double> found;
  if (const auto* value = std::get_if<double>(&from.value))
    found = *value;
  else if (const auto* count = std::get_if<std::int64_t>(&from.value))
    found = static_cast<double>(*count);
  if (!found || std::isnan(*found))
    wrong(from, "is " + (found ? "not a number" : std::string{kind_of(from)} + ", but a number is needed"),
          "Use " + range + ".");
  else if (*found < least || *found > most)
    wrong(from, "is " + shown(*found) + ", which is too " + (*found < least ? "small" : "large"), "Use " + range + ".");
  else
    return found;
  return std::nullopt;
}

std::optional<duration> reader::span(const node& from, duration least, duration most) {
  auto range = "a duration from " + show_duration(least) + " to " + show_duration(most)
               + ", as text with a unit (ms, s, m, h, d), for example \"30s\"";
  const auto* written = std::get_if<std::string>(&from.value);
  if (!written) {
    wrong(from, "is " + std::string{kind_of(from)} + ", but a duration is needed", "Use " + range + ".");
    return std::nullopt;
  }
  auto found = parse_duration(*written);
  if (!found)
    wrong(from, "\"" + *written + "\" is not a duration", "Use " + range + ".");
  else if (*found < least || *found > most)
    wrong(from, "\"" + *written + "\" is too " + (*found < least ? "short" : "long"), "Use " + range + ".");
  else
    return found;
  return std::nullopt;
}

std::optional<std::string> reader::text(const node& from) {
  if (const auto* found = std::get_if<std::string>(&from.value))
    return *found;
  if (const auto* reference = std::get_if<table>(&from.value))
    return referred(from, *reference);
  if (from.typed)
    return from.typed;
  wrong(from, "is " + std::string{kind_of(from)} + ", but text is needed", "Put it in quotes.");
  return std::nullopt;
}

std::optional<std::string> reader::referred(const node& from, const table& reference) {
  const std::string* name = reference.size() == 1 ? std::get_if<std::string>(&reference[0].value.value) : nullptr;
  if (name && reference[0].key == "file")
    return file_text(from, *name);
  if (name && reference[0].key == "env") {
    if (auto found = environment_.find(*name); found != environment_.end())
      return found->second;
    wrong(from, "the environment variable " + *name + " is not set", "Set it before carillon starts.");
    return std::nullopt;
  }
  wrong(from, "is a table, but text is needed", "Write \"text\", { file = \"path\" } or { env = \"NAME\" }.");
  return std::nullopt;
}

std::optional<std::string> reader::file_text(const node& from, const std::string& name) {
  auto full = folder_ / name;
  std::error_code unused;
  std::ifstream in{full, std::ios::binary};
  if (!in || std::filesystem::is_directory(full, unused)) {
    wrong(from, "the file " + full.string() + " cannot be read",
          "Create it, or make it readable for the user carillon runs as.");
    return std::nullopt;
  }
  std::string content(value_file_bytes + 1, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(in.gcount()));
  if (content.size() <= value_file_bytes)
    return without_line_end(std::move(content));
  wrong(from, "the file " + full.string() + " is larger than 64 KiB", "Name a file that holds this one value.");
  return std::nullopt;
}

std::optional<std::vector<std::string>> reader::texts(const node& from) {
  if (from.typed && std::holds_alternative<std::string>(from.value))
    return split_at_commas(std::get<std::string>(from.value));
  const auto* all = items(from);
  if (!all)
    return std::nullopt;
  std::vector<std::string> found;
  for (const auto& item : *all)
    if (auto one = text(item))
      found.push_back(std::move(*one));
  return found;
}

std::optional<std::string> reader::path(const node& from) {
  auto found = text(from);
  if (!found || found->empty())
    return found;
  return (folder_ / *found).lexically_normal().string();
}

} // namespace carillon::conf
