#include "bench/vendor/ledger.hpp"

#include <charconv>

namespace vendor {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

int value_of(char c) {
  const auto at = hex.find(bench::lower(c));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

} // namespace

mark mark_of(std::string_view body) {
  constexpr std::string_view field = "\"bench\":\"";
  const auto at = body.find(field);
  if (at == std::string_view::npos || at + field.size() + 40 > body.size())
    return {};
  const auto text = body.substr(at + field.size());
  mark found{text[0]};
  std::int64_t sent = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), sent);
  if (error != std::errc{} || end == text.data() + text.size())
    return {};
  found.sent = nanoseconds{sent};
  std::from_chars(end + 1, text.data() + text.size(), found.key, 16);
  return found;
}

std::optional<delivery_id> parse_id(std::string_view text) {
  delivery_id id{};
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-')
      continue;
    const int value = value_of(c);
    if (value < 0 || digits == 32)
      return std::nullopt;
    id[digits / 2] = static_cast<std::uint8_t>(id[digits / 2] << 4 | value);
    ++digits;
  }
  return digits == 32 ? std::optional{id} : std::nullopt;
}

std::string text_of(const delivery_id& id) {
  std::string text;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      text += '-';
    text += hex[id[i] >> 4];
    text += hex[id[i] & 15];
  }
  return text;
}

bool ledger::record(const delivery_id& id, const mark& what, nanoseconds at) {
  if (calls_++ == 0)
    first_ = at;
  last_ = at;
  auto& known = seen_[id];
  if (known.calls++ == 0) {
    known.key = what.key;
    if (what.sent.count() != 0)
      latency_[what.traffic].add(at - what.sent);
  } else {
    repeats_.push_back({id, known.last, at});
  }
  known.last = at;
  return known.calls == 1;
}

std::string ledger::stats_json() const {
  std::string json =
    "{\"calls\": " + std::to_string(calls_) + ", \"distinct\": " + std::to_string(seen_.size())
    + ", \"duplicates\": " + std::to_string(repeats_.size()) + ", \"bad_ids\": " + std::to_string(bad_ids_)
    + ", \"first_ns\": " + std::to_string(first_.count()) + ", \"last_ns\": " + std::to_string(last_.count())
    + ", \"most_at_once\": " + std::to_string(most_at_once_) + ", \"answers\": {";
  const char* comma = "";
  for (auto& [status, count] : answers_) {
    json += std::string{comma} + "\"" + status + "\": " + std::to_string(count);
    comma = ", ";
  }
  json += "}, \"latency\": {";
  comma = "";
  for (auto& [traffic, times] : latency_) {
    json += std::string{comma} + "\"" + traffic + "\": " + times.to_json();
    comma = ", ";
  }
  return json + "}}";
}

std::string ledger::ids() const {
  std::string lines;
  lines.reserve(seen_.size() * 60);
  for (auto& [id, known] : seen_) {
    std::array<char, 16> key{};
    const auto end = std::to_chars(key.data(), key.data() + key.size(), known.key, 16).ptr;
    const auto digits = static_cast<std::size_t>(end - key.data());
    lines += text_of(id) + ' ' + std::to_string(known.calls) + ' ' + std::string(16 - digits, '0')
             + std::string(key.data(), digits) + '\n';
  }
  return lines;
}

std::string ledger::repeats() const {
  std::string lines;
  for (auto& one : repeats_)
    lines += text_of(one.id) + ' ' + std::to_string(one.before.count()) + ' ' + std::to_string(one.at.count()) + '\n';
  return lines;
}

} // namespace vendor
