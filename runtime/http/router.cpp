#include "runtime/http/router.hpp"

#include <algorithm>
#include <array>

#include "messages/domain.hpp"
#include "messages/json_text.hpp"
#include "runtime/http/limits.hpp"
#include "runtime/http/strict_json.hpp"

namespace carillon::http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  auto lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Takes percent-encoding off; nothing where it is broken or not UTF-8 without U+0000.
std::optional<std::string> decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      int low = high >= 0 ? hex_value(text[i + 2]) : -1;
      if (low < 0)
        return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return out.find('\0') == std::string::npos && is_utf8(out) ? std::optional{out} : std::nullopt;
}

std::string_view next_segment(std::string_view& rest) {
  auto end = std::min(rest.find('/'), rest.size());
  auto segment = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return segment;
}

struct argument {
  std::string_view placeholder, text;
};

/// Literals must be equal; `args` collects what stands in the placeholders.
bool matches(std::string_view pattern, std::string_view path, std::vector<argument>& args) {
  args.clear();
  if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/'))
    return false;
  while (!pattern.empty()) {
    auto want = next_segment(pattern);
    auto have = next_segment(path);
    if (want.starts_with('{') && !have.empty())
      args.push_back({want.substr(1, want.size() - 2), have});
    else if (want != have)
      return false;
  }
  return path.empty();
}

void allow(std::string& list, method how) {
  auto add = [&](method m) {
    if (list.find(to_string(m)) == std::string::npos)
      list += (list.empty() ? "" : ", ") + std::string{to_string(m)};
  };
  add(how);
  if (how == method::get)
    add(method::head);
}

} // namespace

std::size_t argument_bytes(std::string_view placeholder) {
  return placeholder == "token" ? limits::target_bytes : bounds::name_bytes;
}

result<route_match> find_route(std::span<const route> table, listener at, method how, std::string_view path) {
  auto wanted = how == method::head ? method::get : how;
  route_match out;
  std::vector<argument> args;
  std::string_view pattern; // the first that matches; the table names literals before placeholders
  for (auto& r : table) {
    if ((r.where != at && r.where != listener::both) || (!pattern.empty() && r.pattern != pattern)
        || !matches(r.pattern, path, args))
      continue;
    pattern = r.pattern;
    if (r.how != wanted) {
      allow(out.allow, r.how);
      continue;
    }
    for (auto& arg : args) {
      auto text = decode(arg.text, false);
      auto most = argument_bytes(arg.placeholder);
      if (!text || text->size() > most)
        return fault{errc::bad_query, "A part of the path is not UTF-8 text of 1 to " + std::to_string(most)
                                        + " bytes in percent-encoding."};
      out.args.push_back(*std::move(text));
    }
    out.found = &r;
    return out;
  }
  if (pattern.empty())
    return fault{errc::not_found, "There is no such path here; /openapi.json lists those there are."};
  out.allow += ", OPTIONS";
  return out;
}

result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!text.empty()) {
    auto end = std::min(text.find('&'), text.size());
    auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto equals = std::min(part.find('='), part.size());
    auto name = decode(part.substr(0, equals), true);
    auto value = decode(part.substr(std::min(equals + 1, part.size())), true);
    if (!name || !value || out.size() >= limits::query_parameters)
      return fault{errc::bad_query, "The query is not UTF-8 in percent-encoding, or has more than 50 parameters."};
    if (!part.empty())
      out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

} // namespace carillon::http
