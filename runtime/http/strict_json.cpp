#include "runtime/http/strict_json.hpp"

#include <vector>

#include "messages/domain.hpp"

namespace carillon::http {
namespace {

/// Builds the document and stops at the first thing that must not be.
class builder : public nlohmann::json_sax<json> {
public:
  json root;
  std::string problem;

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return fail("binary values are not JSON"); }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto [slot, fresh] = open_.back()->get_ref<json::object_t&>().emplace(std::move(name), nullptr);
    if (!fresh)
      return fail("the name \"" + slot->first + "\" stands twice in one object");
    member_ = &slot->second;
    return true;
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
    return fail("it is not JSON or not UTF-8 at byte " + std::to_string(at));
  }

private:
  template <class T>
  json* place(T&& value) {
    if (open_.empty()) {
      root = std::forward<T>(value);
      return &root;
    }
    if (open_.back()->is_array())
      return &open_.back()->get_ref<json::array_t&>().emplace_back(std::forward<T>(value));
    *member_ = std::forward<T>(value);
    return member_;
  }
  template <class T>
  bool put(T&& value) {
    place(std::forward<T>(value));
    return true;
  }
  bool open(json container) {
    if (open_.size() >= bounds::json_depth)
      return fail("it nests deeper than " + std::to_string(bounds::json_depth) + " levels");
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool fail(std::string what) {
    problem = std::move(what);
    return false;
  }

  std::vector<json*> open_;
  json* member_ = nullptr;
};

} // namespace

result<json> parse_json(std::string_view text) {
  builder out;
  if (text.empty())
    return fault{errc::malformed_json, "The body is empty; a JSON document is needed."};
  // The parser takes a null byte for the end and a byte order mark for nothing; others do not.
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf"))
    return fault{errc::malformed_json,
                 "The body cannot be read: it holds a null byte or begins with a byte order mark."};
  if (!json::sax_parse(text.begin(), text.end(), &out))
    return fault{errc::malformed_json, "The body cannot be read: " + out.problem + "."};
  return std::move(out.root);
}

std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_text(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string pointer_token(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

} // namespace carillon::http
