#include "tests/sim/model/inbox_model.hpp"

#include <algorithm>
#include <array>

namespace carillon::sim {
namespace {

/// In the order they are reached.
constexpr std::array states{std::string_view{"unseen"}, std::string_view{"seen"}, std::string_view{"read"},
                            std::string_view{"archived"}};

std::size_t number_of(std::string_view word) {
  return static_cast<std::size_t>(std::find(states.begin(), states.end(), word) - states.begin());
}

fault no_such_state() {
  return {errc::invalid_request, "There is no such inbox state."};
}

} // namespace

void inbox_model::add(const inbox_item& what) {
  feeds_[{what.space, what.user_id}].try_emplace({key_of(what.delivery_id), what.delivery_id}, what);
}

result<std::vector<inbox_item>> inbox_model::list(const space& where, const std::string& user_id,
                                                  const std::string& state, std::optional<uuid> before,
                                                  std::size_t limit) const {
  if (!state.empty() && number_of(state) == states.size())
    return no_such_state();
  std::vector<inbox_item> all;
  auto feed = feeds_.find({where, user_id});
  if (feed == feeds_.end())
    return all;
  for (auto item = feed->second.rbegin(); item != feed->second.rend() && all.size() < limit; ++item) {
    auto comes_after = !before || item->first < std::pair{key_of(*before), *before};
    if (comes_after && (state.empty() || item->second.state == state))
      all.push_back(item->second);
  }
  return all;
}

inbox_counts inbox_model::counts(const space& where, const std::string& user_id) const {
  inbox_counts out;
  auto feed = feeds_.find({where, user_id});
  if (feed == feeds_.end())
    return out;
  for (auto& [at, item] : feed->second) {
    ++out.total;
    out.unread += number_of(item.state) < number_of("read") ? 1 : 0;
    out.unseen += item.state == "unseen" ? 1 : 0;
  }
  return out;
}

result<inbox_item> inbox_model::mark(const space& where, const std::string& user_id, const uuid& delivery_id,
                                     const std::string& state) {
  auto wanted = number_of(state == "unread" ? "seen" : state);
  if (wanted == states.size() || state == "unseen")
    return no_such_state();
  auto& feed = feeds_[{where, user_id}];
  auto found = feed.find({key_of(delivery_id), delivery_id});
  if (found == feed.end())
    return fault{errc::not_found, "This person's inbox has no item of that delivery."};
  auto& item = found->second;
  auto now = number_of(item.state);
  if (state == "unread" ? now > wanted : now < wanted)
    item.state = states.at(wanted);
  return item;
}

std::vector<inbox_item> inbox_model::read_all(const space& where, const std::string& user_id, std::size_t limit) {
  std::vector<inbox_item> changed;
  for (auto& [at, item] : feeds_[{where, user_id}])
    if (number_of(item.state) < number_of("read") && changed.size() < limit) {
      item.state = "read";
      changed.push_back(item);
    }
  return changed;
}

} // namespace carillon::sim
