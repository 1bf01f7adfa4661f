#include "config/categories.hpp"
#include "config/options.hpp"

namespace carillon {

std::map<std::string, category_options> built_in_categories() {
  std::map<std::string, category_options> all{{"transactional", {}}, {"alert", {}}};
  all["reminder"].quiet_hours = true;
  auto& promotional = all["promotional"];
  promotional.quiet_hours = true;
  promotional.unsubscribe = true;
  promotional.expires_after = std::chrono::hours{72};
  return all;
}

options default_options() {
  options all;
  for (auto p : {priority::critical, priority::high, priority::medium, priority::low})
    all.lanes[lane_of(p)].priorities.push_back(p);
  for (auto on : all_channels) {
    bool feed = on == channel::in_app;
    std::string name = feed ? "in_app" : "sandbox_" + std::string{to_string(on)};
    provider_options provider;
    provider.name = name;
    provider.protocol = feed ? "in_app" : "sandbox";
    provider.channel = on;
    all.providers.emplace(name, std::move(provider));
    all.channels[on].providers = {name};
  }
  all.categories = built_in_categories();
  return all;
}

} // namespace carillon
