// The durable state of control.db as plain data: people, the ledger of
// suppressions, keys, settings and orders to breakers. As lane_model.hpp.
#pragma once

#include <map>
#include <tuple>

#include "messages/ports.hpp"

namespace carillon::sim {

class control_model {
public:
  explicit control_model(const wall_clock& clock) : clock_(clock) {}

  person find_person(const space& where, const std::string& user_id,
                     std::vector<std::pair<channel, std::string>> addresses) const;
  result<user_ptr> get_user(const space& where, const std::string& id) const;
  result<user_ptr> put_user(const user& what, user_part part, version_bond if_match);
  status_result erase_user(const space& where, const std::string& id);
  std::vector<std::pair<space, std::string>> unfinished_erasures() const;
  void finish_erasure(const space& where, const std::string& id);

  suppression add_suppression(const suppression& what);
  result<suppression> remove_suppression(const space& where, const std::string& id);
  std::vector<suppression> list_suppressions(const space& where, std::optional<channel> on, const std::string& after,
                                             std::size_t limit) const;

  api_key add_key(const api_key& what);
  status_result revoke_key(const std::string& tenant, const std::string& id);
  std::vector<api_key> list_keys(const std::string& tenant) const;

  result<versioned_json> get_setting(const std::string& feature) const;
  result<versioned_json> put_setting(const std::string& feature, const std::string& config, bool enabled,
                                     version_bond if_match);
  std::vector<std::pair<std::string, breaker_order>> breaker_orders() const;
  void put_breaker_order(const std::string& provider, breaker_order order) { orders_[provider] = order; }

  /// When what decisions rest on was last written.
  sys_time changed_at() const { return changed_at_; }

private:
  using owner = std::pair<space, std::string>;
  using address = std::tuple<space, channel, std::string>;

  /// Null where there is none in force.
  const suppression* in_force(const address& whom) const;

  const wall_clock& clock_;
  sys_time changed_at_{};
  std::map<owner, user_ptr> users_;
  std::map<owner, bool> tombstones_; ///< whether the erasure reached every file
  std::map<address, suppression> ledger_;
  std::map<std::string, api_key> keys_;
  std::map<std::string, versioned_json> settings_;
  std::map<std::string, breaker_order> orders_;
};

} // namespace carillon::sim
