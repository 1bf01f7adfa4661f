#include "runtime/http/openapi_terms.hpp"

#include <algorithm>
#include <map>

#include "messages/domain.hpp"
#include "runtime/http/jobs.hpp"
#include "runtime/http/limits.hpp"

namespace carillon::http {
namespace {

// The same rules as `address_problem`, `parse_rfc3339`, `parse_uuid` and `parse_clock`
// keep, for readers without them; tests hold each against its rule.
constexpr std::string_view email_pattern =
  R"(^[^@<>()\[\],;:\\"\x00-\x20\x7f]{1,64}@)"
  R"([^@<>()\[\],;:\\"/?#.\x00-\x20\x7f]+(\.[^@<>()\[\],;:\\"/?#.\x00-\x20\x7f]+)*$)";
constexpr std::string_view phone_pattern = R"(^\+[1-9][0-9]{1,14}$)";
constexpr std::string_view url_pattern =
  R"(^https?://[^:/?#@\x00-\x20\x7f][^/?#@\x00-\x20\x7f]*([/?#][^\x00-\x20\x7f]*)?$)";
constexpr std::string_view time_pattern =
  R"(^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:)"
  R"(([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$)";
constexpr std::string_view id_pattern =
  "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$";
constexpr std::string_view batch_rules =
  "Each item stands alone, with its own idempotency_key. Items that share a key are taken one after the other, in "
  "order: the same notification again gets the first one's id, another one is refused with key_reused. An item is "
  "refused with key_in_flight only where a request outside the batch is being accepted with its key.";
constexpr std::string_view clock_pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

/// Every word of an enum, in order; `to_string` says "unknown" past the last.
template <class T>
ordered_json words_of(std::initializer_list<T> without = {}) {
  auto out = ordered_json::array();
  for (std::uint8_t i = 0; to_string(T{i}) != "unknown"; ++i)
    if (std::find(without.begin(), without.end(), T{i}) == without.end())
      out.push_back(to_string(T{i}));
  return out;
}

using term_table = std::map<std::string_view, ordered_json>;

term_table make_terms() {
  return {
    {"name_bytes", bounds::name_bytes},
    {"key_bytes", bounds::key_bytes},
    {"devices", bounds::devices},
    {"batch_items", bounds::batch_items},
    {"preference_rules", bounds::preference_rules},
    {"channel_count", all_channels.size()},
    {"email_bytes", limits::email_bytes},
    {"url_bytes", limits::url_bytes},
    {"address_bytes", limits::address_bytes},
    {"note_bytes", limits::note_bytes},
    {"filter_ids", limits::filter_ids},
    {"key_rate", limits::key_rate},
    {"redrive_rate", max_redrive_rate},
    {"slowest_redrive", min_redrive_rate},
    {"max_version", limits::max_version},
    {"page_rows", limits::page_rows},
    {"default_page_rows", limits::default_page_rows},
    {"attempts", limits::attempts},
    {"backoff_seconds", limits::backoff_seconds},
    {"per_minute", limits::per_minute},
    {"switched_types", limits::switched_types},
    {"email_pattern", email_pattern},
    {"phone_pattern", phone_pattern},
    {"url_pattern", url_pattern},
    {"time_pattern", time_pattern},
    {"id_pattern", id_pattern},
    {"clock_pattern", clock_pattern},
    {"batch_rules", batch_rules},
    {"lanes", words_of<lane>()},
    {"priorities", words_of<priority>()},
    {"modes", words_of<mode>()},
    {"channels", words_of<channel>()},
    {"addressed_channels", words_of<channel>({channel::in_app})},
    {"engagements", words_of<engagement>()},
    {"events", words_of<engagement>({engagement::none})},
    {"scopes", words_of<scope>()},
    {"causes", words_of<suppression_cause>()},
    {"breaker_orders", words_of<breaker_order>()},
    {"breaker_states", words_of<breaker_state>()},
  };
}

void replace_short_forms(ordered_json& value) {
  static const auto terms = make_terms();
  if (value.is_string()) {
    auto text = value.get<std::string>();
    if (text.starts_with('@'))
      value = terms.at(text.substr(1));
    else if (text.starts_with('#'))
      value = ordered_json{{"$ref", "#/components/schemas/" + text.substr(1)}};
  } else if (value.is_structured()) {
    for (auto& part : value)
      replace_short_forms(part);
  }
}

} // namespace

ordered_json schema_of(std::string_view text) {
  auto out = ordered_json::parse(text);
  replace_short_forms(out);
  return out;
}

} // namespace carillon::http
