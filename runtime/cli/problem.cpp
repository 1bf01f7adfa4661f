#include "runtime/cli/problem.hpp"

#include <algorithm>

#include "runtime/cli/style.hpp"

namespace carillon::cli {
namespace {

/// What a person can do about a status, where the answer itself cannot know it.
std::string advice_for(int status) {
  switch (status) {
  case 401: return "The key was not accepted; give another with --key or CARILLON_KEY.";
  case 403: return "The key lacks the scope for this; `carillon keys list` shows what it may do.";
  default: return {};
  }
}

std::string field_lines(const nlohmann::json& errors) {
  std::size_t pointer_width = 0, code_width = 0;
  for (auto& e : errors) {
    pointer_width = std::max(pointer_width, width_of(printable(text_of(e, "pointer"))));
    code_width = std::max(code_width, width_of(printable(text_of(e, "code"))));
  }
  std::string lines;
  for (auto& e : errors)
    lines += "\n  " + padded(printable(text_of(e, "pointer")), pointer_width) + "  "
             + padded(printable(text_of(e, "code")), code_width) + "  " + printable(text_of(e, "detail"));
  return lines;
}

} // namespace

std::string text_of(const nlohmann::json& object, const char* member) {
  if (!object.is_object())
    return {};
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string problem_text(int status, const nlohmann::json& body) {
  const std::string title = printable(text_of(body, "title")), code = text_of(body, "code");
  if (title.empty())
    return "the service answered HTTP " + std::to_string(status) + " without saying why.";

  std::string text = title + " (HTTP " + std::to_string(status);
  text += code.empty() ? ")" : ", " + printable(code) + ")";
  if (const auto detail = printable(text_of(body, "detail")); !detail.empty() && detail != title)
    text += "\n  " + detail;
  if (const auto errors = body.find("errors"); errors != body.end() && errors->is_array())
    text += field_lines(*errors);
  if (const auto advice = advice_for(status); !advice.empty())
    text += "\n  " + advice;
  if (const auto id = printable(text_of(body, "request_id")); !id.empty())
    text += "\n  request id " + id;
  return text;
}

} // namespace carillon::cli
