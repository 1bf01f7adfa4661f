// Bodies of requests: JSON, then each reader that a door has for it. The first byte
// chooses the reader.
#include <nlohmann/json.hpp>
#include <optional>

#include "config/options.hpp"
#include "runtime/http/request.hpp"
#include "runtime/http/settings_json.hpp"
#include "runtime/http/user_json.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace carillon;
using namespace carillon::http;
using fuzz::promise;

namespace {

const sys_time noon = std::chrono::sys_days{std::chrono::year{2025} / 6 / 1} + std::chrono::hours{12};

const options& config() {
  static const options all = [] {
    options out;
    out.categories["transactional"] = {};
    out.categories["marketing"] = {};
    out.types["alarm"].priority = priority::critical;
    return out;
  }();
  return all;
}

void check_errors(const std::vector<field_error>& errors) {
  for (auto& e : errors) {
    promise(e.pointer.empty() || e.pointer.front() == '/', "a problem has a pointer");
    promise(!e.code.empty() && !e.detail.empty(), "a problem has a code and a sentence");
    static_cast<void>(to_text(json{{"detail", e.detail}, {"pointer", e.pointer}})); // as it is answered
  }
}

void as_notification(const json& body) {
  auto got = read_notification(body, config(), noon);
  if (!got) {
    promise(!got.error().fields.empty(), "a refused request names a field");
    return check_errors(got.error().fields);
  }
  auto& what = got->command;
  promise(!what.user_id.empty() && what.user_id.size() <= bounds::name_bytes, "a person has an id within its bound");
  auto again = read_notification(body, config(), noon);
  promise(again && canonical_digest(again->command) == canonical_digest(what), "one body has one digest");
}

/// What `read` makes of a part of a person; nothing where it found problems.
template <class Read>
std::optional<user> part_in(const json& body, Read read) {
  std::vector<field_error> errors;
  user who;
  object_reader in{body, "", errors};
  read(in, who);
  in.finish();
  check_errors(errors);
  return errors.empty() ? std::optional{std::move(who)} : std::nullopt;
}

void as_profile(const json& body) {
  auto read = [](object_reader& in, user& who) { read_profile(in, who); };
  if (auto who = part_in(body, read)) {
    auto again = part_in(json::parse(to_text(profile_json(*who))), read);
    promise(again && again->contacts == who->contacts && again->time_zone == who->time_zone,
            "a profile that is shown can be put back");
  }
}

void as_preferences(const json& body) {
  auto read = [](object_reader& in, user& who) { read_preferences(in, config(), who); };
  if (auto who = part_in(body, read)) {
    auto again = part_in(json::parse(to_text(preferences_json(*who))), read);
    promise(again && again->rules == who->rules, "preferences that are shown can be put back");
  }
}

void as_settings(const json& body) {
  std::vector<field_error> errors;
  read_settings(body, "", errors);
  check_errors(errors);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  auto body = parse_json(fuzz::text_of(data + 1, size - 1));
  if (!body)
    return promise(!body.error().detail.empty(), "a refusal says why"), 0;
  auto again = parse_json(to_text(*body));
  promise(again && *again == *body, "JSON that was taken reads back as what it was");
  constexpr std::array readers{as_notification, as_profile, as_preferences, as_settings};
  readers.at(data[0] % readers.size())(*body);
  return 0;
}
