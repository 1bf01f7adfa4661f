#include "runtime/http/handlers/waits.hpp"

#include <algorithm>
#include <array>

#include "actors/policy/routing.hpp"

namespace carillon::http {
namespace {

struct search {
  service& with;
  std::shared_ptr<inlet> pool;
  std::vector<lane> left;
  std::function<void(const wait_finder&)> then;
  std::array<provider_views_ptr, all_lanes.size()> views = {};
};

void go_on(const std::shared_ptr<search>& s) {
  if (s->left.empty())
    return s->then([s](lane l, const delivery& d, std::vector<std::string> route) -> std::optional<waiting> {
      auto& views = s->views[static_cast<std::size_t>(l)];
      if (!views)
        return std::nullopt;
      if (route.empty())
        route = route_from(s->with.engine.config(), d.queue);
      return waiting_of(d, route, *views, s->with.engine.clock().now());
    });
  auto l = s->left.back();
  s->left.pop_back();
  s->with.engine.glance(l, on_pool<provider_views_ptr>(s->pool, [s, l](result<provider_views_ptr> got) {
                          if (got)
                            s->views[static_cast<std::size_t>(l)] = std::move(*got);
                          go_on(s);
                        }));
}

} // namespace

void find_waits(service& with, std::shared_ptr<inlet> pool, std::vector<lane> lanes,
                std::function<void(const wait_finder&)> then) {
  go_on(std::make_shared<search>(search{with, std::move(pool), std::move(lanes), std::move(then)}));
}

std::vector<lane> lanes_to_ask(const std::vector<notification_view>& shown, sys_time now) {
  std::vector<lane> lanes;
  for (auto& view : shown) {
    auto l = view.n->lane;
    auto waits = [now](auto& d) { return waits_for_provider(d, now); };
    if (std::find(lanes.begin(), lanes.end(), l) == lanes.end()
        && std::any_of(view.deliveries.begin(), view.deliveries.end(), waits))
      lanes.push_back(l);
  }
  return lanes;
}

} // namespace carillon::http
