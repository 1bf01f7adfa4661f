// The durable state of inbox.db as plain data. As lane_model.hpp.
#pragma once

#include <map>

#include "messages/ports.hpp"

namespace carillon::sim {

class inbox_model {
public:
  void add(const inbox_item& what);
  result<std::vector<inbox_item>> list(const space& where, const std::string& user_id, const std::string& state,
                                       std::optional<uuid> before, std::size_t limit) const;
  inbox_counts counts(const space& where, const std::string& user_id) const;
  result<inbox_item> mark(const space& where, const std::string& user_id, const uuid& delivery_id,
                          const std::string& state);
  std::vector<inbox_item> read_all(const space& where, const std::string& user_id, std::size_t limit);
  void erase(const space& where, const std::string& user_id) { feeds_.erase({where, user_id}); }

private:
  using owner = std::pair<space, std::string>;
  using place = std::pair<row_key, uuid>;
  std::map<owner, std::map<place, inbox_item>> feeds_;
};

} // namespace carillon::sim
