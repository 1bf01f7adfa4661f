#include "runtime/http/object_reader.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/http/rfc3339.hpp"

namespace carillon::http {
namespace {

/// 0.001, 10000: without an exponent, and no zeros at the end.
std::string plain_text(double value) {
  auto text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text;
}

} // namespace

object_reader::object_reader(const json& value, std::string pointer, std::vector<field_error>& errors)
    : pointer_(std::move(pointer)), errors_(errors) {
  if (value.is_object())
    object_ = &value;
  else
    errors_.push_back({pointer_, "type", "must be an object"});
}

const json* object_reader::member(std::string_view name, presence p) {
  known_.push_back(name);
  if (!object_)
    return nullptr;
  auto& members = object_->get_ref<const json::object_t&>();
  auto found = members.find(name);
  if (found != members.end())
    return &found->second;
  if (p == presence::required)
    fail(name, "missing", "is required");
  return nullptr;
}

bool object_reader::text(std::string_view name, std::string& out, std::size_t max, presence p, std::size_t min) {
  auto* value = member(name, p);
  if (!value)
    return false;
  if (!value->is_string())
    return wrong_type(name, "a text");
  auto& read = value->get_ref<const std::string&>();
  if (read.size() < min || read.size() > max || read.find('\0') != std::string::npos)
    return check_text(read, min, max, pointer_to(name), errors_);
  out = read;
  return true;
}

bool object_reader::name(std::string_view name, std::string& out, presence p) {
  return text(name, out, bounds::name_bytes, p, 1);
}

bool object_reader::flag(std::string_view name, bool& out, presence p) {
  auto* value = member(name, p);
  if (!value)
    return false;
  if (!value->is_boolean())
    return wrong_type(name, "true or false");
  out = value->get<bool>();
  return true;
}

bool object_reader::integer(std::string_view name, std::int64_t& out, std::int64_t min, std::int64_t max, presence p) {
  auto* value = member(name, p);
  if (!value)
    return false;
  // JSON knows one kind of number: 5.0 is as whole as 5.
  if (!value->is_number() || value->get<double>() != std::floor(value->get<double>()))
    return wrong_type(name, "a whole number");
  auto read = value->get<double>();
  if (read < static_cast<double>(min) || read > static_cast<double>(max))
    return fail(name, "range", "must be " + std::to_string(min) + " to " + std::to_string(max));
  out = static_cast<std::int64_t>(read);
  return true;
}

bool object_reader::positive(std::string_view name, std::optional<double>& out, double max, double min) {
  auto* value = member(name);
  if (!value)
    return false;
  if (!value->is_number())
    return wrong_type(name, "a number");
  auto read = value->get<double>();
  if (!(read > 0 && read >= min && read <= max))
    return fail(name, "range",
                "must be " + (min > 0 ? plain_text(min) + " to " : "more than 0 and at most ") + plain_text(max));
  out = read;
  return true;
}

bool object_reader::time(std::string_view name, std::optional<sys_time>& out) {
  auto* value = member(name);
  if (!value)
    return false;
  if (!value->is_string())
    return wrong_type(name, "a text with an RFC 3339 time");
  out = parse_rfc3339(value->get_ref<const std::string&>());
  return out || fail(name, "format", "must be an RFC 3339 time with an offset, like 2025-01-31T12:00:00Z");
}

bool object_reader::object_text(std::string_view name, std::string& out) {
  auto* value = object(name);
  if (value)
    out = to_text(*value);
  return value != nullptr;
}

const json* object_reader::object(std::string_view name, presence p) {
  auto* value = member(name, p);
  if (value && !value->is_object()) {
    wrong_type(name, "an object");
    return nullptr;
  }
  return value;
}

const json* object_reader::array(std::string_view name, std::size_t max_items, presence p) {
  auto* value = member(name, p);
  if (!value)
    return nullptr;
  if (!value->is_array()) {
    wrong_type(name, "an array");
    return nullptr;
  }
  if (value->size() > max_items) {
    fail(name, "too_many",
         "has " + std::to_string(value->size()) + " items; at most " + std::to_string(max_items) + " are taken");
    return nullptr;
  }
  return value;
}

bool object_reader::fail(std::string_view name, std::string_view code, std::string detail) {
  errors_.push_back({pointer_to(name), std::string{code}, std::move(detail)});
  return false;
}

void object_reader::finish() {
  if (!object_ || object_->empty())
    return;
  for (auto& [name, value] : object_->get_ref<const json::object_t&>())
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      fail(name, "unknown", "is not a field of this object");
}

std::string object_reader::pointer_to(std::string_view name) const {
  return pointer_ + '/' + pointer_token(name);
}

bool object_reader::wrong_type(std::string_view name, std::string_view wanted) {
  return fail(name, "type", "must be " + std::string{wanted});
}

bool check_text(const std::string& value, std::size_t min, std::size_t max, const std::string& pointer,
                std::vector<field_error>& errors) {
  if (value.size() < min)
    errors.push_back({pointer, "range", "must not be empty"});
  else if (value.size() > max)
    errors.push_back({pointer, "too_long",
                      "has " + std::to_string(value.size()) + " bytes; at most " + std::to_string(max) + " are taken"});
  else if (value.find('\0') != std::string::npos)
    errors.push_back({pointer, "format", "must not contain U+0000"});
  else
    return true;
  return false;
}

fault invalid(std::vector<field_error> errors) {
  auto count = errors.size();
  return {errc::invalid_request,
          count == 1 ? "One field is wrong; see errors." : std::to_string(count) + " fields are wrong; see errors.",
          std::move(errors)};
}

} // namespace carillon::http
