// The table of sections.
#include "config/settings.hpp"

namespace carillon::conf {

namespace {

/// Bounds of sections with names people choose.
constexpr std::size_t most_providers = 256, most_categories = 256, most_types = 10'000;

} // namespace

const settings<options>& all_settings() {
  static const settings<options> rows{
    {"server", section(&options::server, server_settings())},
    {"auth", section(&options::auth, auth_settings())},
    {"store", section(&options::store, store_settings())},
    {"node", section(&options::node, node_settings())},
    {"lanes", by_word(&options::lanes, words_of({lane::critical, lane::bulk}), lane_settings())},
    {"providers", by_name(&options::providers, provider_settings(), most_providers)},
    {"channels", by_word(&options::channels,
                         words_of({channel::email, channel::sms, channel::push, channel::whatsapp, channel::chat,
                                   channel::webhook, channel::in_app}),
                         channel_settings())},
    {"categories", by_name(&options::categories, category_settings(), most_categories)},
    {"types", by_name(&options::types, type_settings(), most_types)},
    {"limits", section(&options::limits, limits_settings())},
    {"egress", section(&options::egress, egress_settings())},
    {"log", section(&options::log, log_settings())},
    {"retry_budget", section(&options::retry_budget, retry_budget_settings())},
    {"quiet_hours", section(&options::quiet_hours, quiet_settings())},
  };
  return rows;
}

} // namespace carillon::conf
