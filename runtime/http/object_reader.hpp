// Reads one JSON object strictly: every field is named once, by the reader that
// wants it; what nobody named is an unknown field. All errors are collected, so
// that a caller sees every problem of a request at once.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "messages/domain.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {

enum class presence : std::uint8_t { optional, required };

class object_reader {
public:
  /// `pointer` is where the object stands in the body ("" is the body itself).
  /// A value that is no object is an error of its own; then every field is absent.
  object_reader(const json& value, std::string pointer, std::vector<field_error>& errors);

  /// The member of that name, marked as known; null where it is absent.
  const json* member(std::string_view name, presence p = presence::optional);

  /// Text of `min`..`max` bytes without U+0000.
  bool text(std::string_view name, std::string& out, std::size_t max, presence p = presence::optional,
            std::size_t min = 0);
  /// An id or a name: text of 1..bounds::name_bytes.
  bool name(std::string_view name, std::string& out, presence p = presence::optional);
  bool flag(std::string_view name, bool& out, presence p = presence::optional);
  /// An integer in min..max.
  bool integer(std::string_view name, std::int64_t& out, std::int64_t min, std::int64_t max,
               presence p = presence::optional);
  /// A number greater than 0, at least min and at most max.
  bool positive(std::string_view name, std::optional<double>& out, double max, double min = 0);
  /// An RFC 3339 time.
  bool time(std::string_view name, std::optional<sys_time>& out);
  /// A JSON object that carillon keeps as text; sorted, compact.
  bool object_text(std::string_view name, std::string& out);
  /// An object or array member, for a reader of its own.
  const json* object(std::string_view name, presence p = presence::optional);
  const json* array(std::string_view name, std::size_t max_items, presence p = presence::optional);

  /// One word of a vocabulary; `words` is the list for people.
  template <class Parse, class T = std::invoke_result_t<Parse, std::string_view>>
  bool word(std::string_view name, T& out, Parse parse, std::string_view words, presence p = presence::optional) {
    auto* value = member(name, p);
    if (!value)
      return false;
    if (!value->is_string())
      return wrong_type(name, "a text");
    out = parse(std::string_view{value->get_ref<const std::string&>()});
    return out.has_value() || fail(name, "format", "must be one of " + std::string{words});
  }

  /// Reports an error at a field. Always false.
  bool fail(std::string_view name, std::string_view code, std::string detail);
  /// Reports every field that nobody asked for. Call it last.
  void finish();

  std::string pointer_to(std::string_view name) const;
  std::vector<field_error>& errors() { return errors_; }

private:
  bool wrong_type(std::string_view name, std::string_view wanted);

  const json* object_ = nullptr;
  std::string pointer_;
  std::vector<field_error>& errors_;
  std::vector<std::string_view> known_;
};

/// Reports text that is too long or holds U+0000 at `pointer`. True where it is fine.
bool check_text(const std::string& value, std::size_t min, std::size_t max, const std::string& pointer,
                std::vector<field_error>& errors);

/// The refusal of a body with these errors; `errors` is not empty.
fault invalid(std::vector<field_error> errors);

} // namespace carillon::http
