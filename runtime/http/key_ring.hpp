// Every key the server knows, in memory: who calls, and whether they may.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/policy/token_bucket.hpp"
#include "messages/domain.hpp"

namespace carillon::http {

/// How a caller stands with a rate, for RateLimit-* headers: its key's own, or the limit of the engine that refused.
struct rate_view {
  bool allowed = true;
  double limit = 0, remaining = 0; ///< events a window, for a key a second (0: not known); requests left now
  duration reset{};                ///< until the next one is allowed, or until all are back
};

class key_ring {
public:
  /// `required` false: a request without a key is an anonymous admin of tenant "default", live.
  explicit key_ring(bool required);

  /// Counts the changes made here; taken before keys are read from the store.
  std::uint64_t edition() const;
  /// Replaces everything that is known; revoked keys are left out. Ignored where a
  /// key was added or removed since `read_at`: what was read may lack it.
  void load(std::vector<api_key> keys, std::uint64_t read_at);
  void add(api_key key);
  void remove(std::string_view id);

  /// The key of an Authorization header (empty: none was sent). unauthorized says
  /// what is missing; it never repeats what was sent. Any thread.
  result<std::shared_ptr<const api_key>> find(std::string_view authorization, sys_time now) const;

  /// Counts a request against the key's rate; nothing where it has none. Any thread.
  std::optional<rate_view> spend(const api_key& key, sys_time now);

  std::size_t size() const;

private:
  using digest_bytes = std::array<std::uint8_t, 32>;
  struct digest_hash {
    std::size_t operator()(const digest_bytes& d) const;
  };
  bool required_;
  std::shared_ptr<const api_key> anonymous_;
  std::uint64_t edition_ = 0;
  mutable std::mutex mutex_; ///< held for a look-up or a change, never for I/O
  std::unordered_map<digest_bytes, std::shared_ptr<const api_key>, digest_hash> keys_;
  std::unordered_map<std::string, token_bucket> buckets_; ///< by key id
};

/// True where the key has that scope.
bool has_scope(const api_key& key, scope wanted);

} // namespace carillon::http
