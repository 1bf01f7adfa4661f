// How text looks: tones instead of colours, aligned columns, nothing that a
// server's text could use to drive the terminal.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::cli {

enum class tone { plain, strong, dim, good, busy, bad };

/// Colours text for a terminal, or leaves it as it is.
class style {
public:
  explicit style(bool colour = false) : colour_(colour) {}
  std::string operator()(tone how, std::string_view text) const;

private:
  bool colour_;
};

/// The tone of a status word (`delivered`, `retrying`), a breaker's state or an outcome.
tone tone_of(std::string_view word);

/// Text with every control character replaced by a space, so that a title or a
/// vendor's answer cannot move the cursor.
std::string printable(std::string_view text);

/// Columns a terminal needs for UTF-8 text, one per code point.
std::size_t width_of(std::string_view text);

/// `text` and spaces up to `width` columns.
std::string padded(std::string_view text, std::size_t width);

struct cell {
  cell(std::string what, tone with = tone::plain) : text(std::move(what)), how(with) {}
  cell(const char* what) : text(what) {}
  std::string text;
  tone how = tone::plain;
};

/// Rows under headings, every column as wide as its widest cell; two spaces between.
class table {
public:
  explicit table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  /// As many cells as there are headings.
  void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  void print(std::ostream& out, const style& as) const;

private:
  std::vector<std::string> headings_;
  std::vector<std::vector<cell>> rows_;
};

} // namespace carillon::cli
