// Compact JSON, appended to a string: what is written for every delivery, without
// building a tree first. Reading goes through nlohmann/json.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace carillon {

/// True where the bytes are UTF-8 (RFC 3629: shortest forms, no surrogates).
bool is_utf8(std::string_view text);

/// Appends `value` as a JSON string. Bytes that are not UTF-8 (a vendor's answer
/// may hold anything) become U+FFFD, so that what is written can be read again.
void append_quoted(std::string& out, std::string_view value);

/// Writes one object into `out`: opens it now, closes it when destroyed. Empty
/// texts and zero numbers are left out; readers take absence for them.
class json_object {
public:
  explicit json_object(std::string& out) : out_(out) { out_ += '{'; }
  json_object(const json_object&) = delete;
  ~json_object() { out_ += '}'; }

  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, std::int64_t value);
  /// Begins a member whose value the caller appends.
  std::string& member(std::string_view name);

private:
  std::string& out_;
  bool first_ = true;
};

} // namespace carillon
