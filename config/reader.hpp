// Turns nodes of a configuration into typed values and keeps a record of every
// problem on the way. What cannot be read leaves the default in place, so that
// one run shows all that is wrong.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "messages/vocabulary.hpp"

namespace carillon::conf {

/// Names a part of the path while it lives.
class path_scope;

class reader {
public:
  /// `folder` is what `{ file = "..." }` and path settings are relative to;
  /// `environment` is what `{ env = "..." }` looks in.
  reader(std::filesystem::path folder, const std::map<std::string, std::string>& environment);

  /// Down to `key`; up again when the scope ends.
  path_scope enter(const std::string& key, const node& value);

  /// The entries of a table; null, with a problem, where it is something else.
  const table* entries(const node& from);
  /// The items of a list; null, with a problem, where it is something else.
  const list* items(const node& from);

  std::optional<bool> flag(const node& from);
  /// Bounds are inclusive; `unit` is a word for the sentence, may be empty.
  std::optional<std::int64_t> whole(const node& from, std::int64_t least, std::int64_t most, std::string_view unit);
  std::optional<double> number(const node& from, double least, double most);
  std::optional<duration> span(const node& from, duration least, duration most);
  /// Text, or the `{ file = "..." }` or `{ env = "..." }` it stands in.
  std::optional<std::string> text(const node& from);
  /// A list of texts; from the environment also `a,b,c`.
  std::optional<std::vector<std::string>> texts(const node& from);
  /// Text that names a file, absolute.
  std::optional<std::string> path(const node& from);

  /// A key that no table knows, at the place the reader is in.
  void unknown(const node& at, const std::string& key, const std::vector<std::string>& known);
  /// A problem with the value the reader is in.
  void wrong(const node& at, std::string message, std::string remedy);

  std::vector<config_problem> problems;
  places where; ///< of everything that was entered

private:
  friend class path_scope;
  std::string key_path() const;
  std::optional<std::string> referred(const node& from, const table& reference);
  std::optional<std::string> file_text(const node& from, const std::string& name);

  std::filesystem::path folder_;
  const std::map<std::string, std::string>& environment_;
  std::vector<std::string> path_;
};

class path_scope {
public:
  explicit path_scope(reader& of) : of_(of) {}
  ~path_scope() { of_.path_.pop_back(); }
  path_scope(const path_scope&) = delete;
  path_scope& operator=(const path_scope&) = delete;

private:
  reader& of_;
};

} // namespace carillon::conf
