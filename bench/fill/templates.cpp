#include "bench/fill/templates.hpp"

namespace fill {

using namespace carillon;

std::vector<notification_view> read_templates(stores& from, std::string_view ids) {
  std::vector<notification_view> found;
  do {
    const auto text = ids.substr(0, ids.find(','));
    const auto id = parse_uuid(text);
    if (!id)
      throw std::invalid_argument("--like needs ids with commas between them, not \"" + std::string{text} + "\"");
    found.push_back(
      wait_for<notification_view>([&](auto then) { from.of(lane_of(*id)).find(space{}, *id, std::move(then)); }));
    ids.remove_prefix(std::min(ids.size(), text.size() + 1));
  } while (!ids.empty());
  return found;
}

} // namespace fill
