#include "runtime/http/key_ring.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "runtime/http/keys.hpp"

namespace carillon::http {
namespace {

/// The token of `Bearer TOKEN`; the scheme's case does not matter (RFC 9110, section 11.1).
std::optional<std::string_view> bearer_token(std::string_view header) {
  constexpr std::string_view scheme = "bearer ";
  if (header.size() <= scheme.size())
    return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(header[i])) != scheme[i])
      return std::nullopt;
  header.remove_prefix(std::min(header.find_first_not_of(' ', scheme.size()), header.size()));
  return header;
}

fault refuse(std::string detail) {
  return {errc::unauthorized, std::move(detail)};
}

limit_options limit_of(const api_key& key) {
  return {*key.rate, std::chrono::seconds{1}, std::max(1.0, *key.rate), over_limit::reject};
}

} // namespace

std::size_t key_ring::digest_hash::operator()(const digest_bytes& d) const {
  std::size_t out = 0; // a digest is random already
  std::memcpy(&out, d.data(), sizeof out);
  return out;
}

key_ring::key_ring(bool required) : required_(required) {
  auto anonymous = std::make_shared<api_key>();
  anonymous->name = "anonymous";
  anonymous->scopes = admin_key_template().scopes;
  anonymous_ = std::move(anonymous);
}

std::uint64_t key_ring::edition() const {
  std::scoped_lock guard{mutex_};
  return edition_;
}

void key_ring::load(std::vector<api_key> keys, std::uint64_t read_at) {
  decltype(keys_) fresh;
  for (auto& key : keys)
    if (!key.revoked) {
      auto digest = key.digest;
      fresh.emplace(digest, std::make_shared<api_key>(std::move(key)));
    }
  std::scoped_lock guard{mutex_};
  if (edition_ == read_at)
    keys_.swap(fresh);
}

void key_ring::add(api_key key) {
  auto digest = key.digest;
  auto shared = std::make_shared<const api_key>(std::move(key));
  std::scoped_lock guard{mutex_};
  ++edition_;
  keys_[digest] = std::move(shared);
}

void key_ring::remove(std::string_view id) {
  std::scoped_lock guard{mutex_};
  ++edition_;
  std::erase_if(keys_, [&](auto& entry) { return entry.second->id == id; });
  buckets_.erase(std::string{id});
}

result<std::shared_ptr<const api_key>> key_ring::find(std::string_view authorization, sys_time now) const {
  if (authorization.empty() && !required_)
    return anonymous_;
  if (authorization.empty())
    return refuse("The Authorization header is missing; send `Authorization: Bearer KEY`.");
  auto token = bearer_token(authorization);
  if (!token)
    return refuse("The Authorization header is not of the form `Bearer KEY`.");
  auto digest = key_digest(*token);
  std::scoped_lock guard{mutex_};
  auto found = keys_.find(digest);
  if (found == keys_.end())
    return refuse("The key is not known here, or it was revoked.");
  if (found->second->expires_at && *found->second->expires_at <= now)
    return refuse("The key has expired; ask an admin for a new one.");
  return found->second;
}

std::optional<rate_view> key_ring::spend(const api_key& key, sys_time now) {
  if (!key.rate)
    return std::nullopt;
  auto limit = limit_of(key);
  std::scoped_lock guard{mutex_};
  auto& bucket = buckets_[key.id];
  rate_view out;
  out.limit = *key.rate;
  out.allowed = bucket.take(limit, now);
  out.remaining = bucket.remaining(limit, now);
  out.reset = out.allowed ? bucket.full_at() - now : bucket.next(limit, now) - now;
  return out;
}

std::size_t key_ring::size() const {
  std::scoped_lock guard{mutex_};
  return keys_.size();
}

bool has_scope(const api_key& key, scope wanted) {
  return std::find(key.scopes.begin(), key.scopes.end(), wanted) != key.scopes.end();
}

} // namespace carillon::http
