#include "actors/providers/unsubscribe.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "actors/providers/crypto.hpp"

namespace carillon {
namespace {

// Signed along, so that no other token of the same key can pass for this one.
constexpr std::string_view purpose = "unsubscribe:";

std::string signature(std::string_view payload, const secret& key) {
  return base64url(hmac_sha256(key.reveal(), std::string{purpose}.append(payload)));
}

} // namespace

std::string unsubscribe_token(const unsubscribe_claim& claim, const secret& key) {
  auto json = nlohmann::json::array(
    {to_string(claim.space), claim.user_id, claim.category, std::string{to_string(claim.channel)}});
  auto payload = base64url(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return payload + "." + signature(payload, key);
}

std::optional<unsubscribe_claim> read_unsubscribe_token(std::string_view token, const secret& key) {
  auto dot = token.find('.');
  if (key.empty() || dot == std::string_view::npos)
    return std::nullopt;
  auto payload = token.substr(0, dot);
  if (!same_secret(token.substr(dot + 1), signature(payload, key)))
    return std::nullopt;
  auto text = from_base64url(payload);
  if (!text)
    return std::nullopt;
  auto json = nlohmann::json::parse(*text, nullptr, false);
  auto is_text = [](auto& part) { return part.is_string(); };
  if (!json.is_array() || json.size() != 4 || !std::all_of(json.begin(), json.end(), is_text))
    return std::nullopt;
  auto on = parse_channel(json[3].get<std::string>());
  if (!on)
    return std::nullopt;
  return unsubscribe_claim{parse_space(json[0].get<std::string>()), json[1], json[2], *on};
}

} // namespace carillon
