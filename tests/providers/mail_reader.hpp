// A small mail reader, written apart from the writer it checks: headers unfolded,
// encoded-words and transfer encodings undone.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace carillon::test {

struct mail_entity {
  std::vector<std::pair<std::string, std::string>> headers; ///< unfolded, in order
  std::string body;                                         ///< as sent

  std::string header(const std::string& name) const {
    for (auto& [known, value] : headers)
      if (known == name)
        return value;
    return {};
  }
  bool has(const std::string& name) const { return !header(name).empty(); }
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    auto end = text.find("\r\n", at);
    if (end == std::string::npos)
      throw std::runtime_error{"a line does not end with CRLF"};
    out.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

inline mail_entity read_entity(const std::string& text) {
  mail_entity out;
  std::size_t at = 0;
  while (true) {
    auto end = text.find("\r\n", at);
    if (end == std::string::npos)
      throw std::runtime_error{"the headers do not end"};
    auto line = text.substr(at, end - at);
    at = end + 2;
    if (line.empty())
      break;
    if (line[0] == ' ') {
      out.headers.back().second += line;
      continue;
    }
    auto colon = line.find(':');
    if (colon == std::string::npos)
      throw std::runtime_error{"a header without a colon: " + line};
    out.headers.emplace_back(line.substr(0, colon), line.substr(std::min(line.size(), colon + 2)));
  }
  out.body = text.substr(at);
  return out;
}

inline std::string unbase64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned value = 0, bits = 0;
  for (char c : text) {
    auto digit = alphabet.find(c);
    if (digit == std::string::npos)
      continue;
    value = value * 64 + static_cast<unsigned>(digit);
    bits += 6;
    if (bits >= 8)
      out += static_cast<char>(value >> (bits -= 8) & 0xff);
  }
  return out;
}

inline std::string unquote_printable(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    if (text.substr(i + 1, 2) != "\r\n")
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
    i += 2;
  }
  return out;
}

/// Undoes B encoded-words; blanks between two of them are not part of the text.
inline std::string decoded_words(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    auto start = text.find("=?UTF-8?B?", at);
    if (start == std::string::npos)
      return out + text.substr(at);
    auto between = text.substr(at, start - at);
    if (at == 0 || between.find_first_not_of(' ') != std::string::npos)
      out += between;
    auto end = text.find("?=", start + 10);
    out += unbase64(text.substr(start + 10, end - start - 10));
    at = end + 2;
  }
}

inline std::string decoded_body(const mail_entity& entity) {
  auto encoding = entity.header("Content-Transfer-Encoding");
  return encoding == "base64" ? unbase64(entity.body) : unquote_printable(entity.body);
}

inline std::vector<mail_entity> parts_of(const mail_entity& mail) {
  auto type = mail.header("Content-Type");
  auto start = type.find("boundary=\"") + 10;
  auto mark = "--" + type.substr(start, type.find('"', start) - start);
  std::vector<mail_entity> out;
  for (auto at = mail.body.find(mark); mail.body.substr(at + mark.size(), 2) != "--";) {
    auto next = mail.body.find(mark, at + mark.size());
    if (next == std::string::npos)
      throw std::runtime_error{"the last boundary is missing"};
    auto begin = at + mark.size() + 2;
    out.push_back(read_entity(mail.body.substr(begin, next - begin)));
    at = next;
  }
  return out;
}

} // namespace carillon::test
