#include "runtime/http/handlers/common.hpp"

#include <charconv>
#include <limits>

namespace carillon::http {

answer list_answer(ordered_json rows, const std::string& next_cursor) {
  if (rows.is_null())
    rows = ordered_json::array();
  return json_answer({{"data", std::move(rows)},
                      {"next_cursor", next_cursor.empty() ? ordered_json(nullptr) : ordered_json(next_cursor)}});
}

fault no_such(std::string_view what) {
  return {errc::not_found, "There is no " + std::string{what} + " of that id."};
}

result<uuid> id_of(const request& rq, std::string_view what, std::size_t arg) {
  auto id = parse_uuid(rq.args[arg]);
  if (!id)
    return no_such(what);
  return *id;
}

header etag(std::uint64_t version) {
  return {"ETag", '"' + std::to_string(version) + '"'};
}

namespace {

/// What a tag that was never given out is bound to.
constexpr std::uint64_t never_given = std::numeric_limits<std::int64_t>::max();

} // namespace

result<version_bond> expected_version(const request& rq) {
  if (!rq.if_none_match.empty() && rq.if_none_match != "*")
    return fault{errc::bad_header, "If-None-Match takes * here: write only where nothing is."};
  if (!rq.if_none_match.empty())
    return version_bond{0};
  if (rq.if_match.empty())
    return version_bond{};
  std::string_view tag = rq.if_match;
  if (tag == "*")
    return version_bond{any_version};
  if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"' || tag.find('"', 1) != tag.size() - 1)
    return fault{errc::bad_header, "If-Match takes one entity tag in quotes, as the ETag header gave it, or *."};
  tag = tag.substr(1, tag.size() - 2);
  std::uint64_t version = 0;
  auto [end, ec] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
  bool ours = ec == std::errc{} && end == tag.data() + tag.size();
  return version_bond{ours && version != any_version ? version : never_given};
}

} // namespace carillon::http
