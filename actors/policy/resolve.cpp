#include <algorithm>

#include "actors/policy/choice.hpp"

namespace carillon {
namespace {

/// True where the person switched the channel off and may do so.
bool is_switched_off(const command& what, const type_options& type, const options& config, const user& who,
                     channel on) {
  auto& category = what.category.empty() ? type.category : what.category;
  auto found = config.categories.find(category);
  if (type.mandatory || (found != config.categories.end() && !found->second.opt_out))
    return false;
  auto rule = find_rule(who.rules, what.type, category, on);
  return rule != nullptr && !rule->enabled;
}

bool has_providers(const options& config, channel on) {
  auto found = config.channels.find(on);
  return found != config.channels.end() && !found->second.providers.empty();
}

/// The channels that pass, or all of them where none does.
template <class Test>
std::vector<channel> narrowed(std::vector<channel> from, Test passes) {
  std::vector<channel> left;
  std::copy_if(from.begin(), from.end(), std::back_inserter(left), passes);
  return left.empty() ? from : left;
}

} // namespace

std::vector<channel> channels_of(const command& what, const type_options& type, const options& config,
                                 const contacts& where, const user* who) {
  if (!what.channels.empty())
    return what.channels;
  if (!type.channels.empty())
    return type.channels;
  std::vector<channel> usable;
  std::copy_if(all_channels.begin(), all_channels.end(), std::back_inserter(usable),
               [&](channel on) { return has_providers(config, on); });
  usable = narrowed(std::move(usable), [&](channel on) { return !addresses_of(where, on, what.user_id).empty(); });
  return narrowed(std::move(usable),
                  [&](channel on) { return who == nullptr || !is_switched_off(what, type, config, *who, on); });
}

result<resolved_type> resolve_type(const options& config, const std::string& type, const std::string& category,
                                   std::optional<priority> wanted) {
  resolved_type out;
  if (auto declared = config.types.find(type); declared != config.types.end())
    out.type = declared->second;
  out.category_name = category.empty() ? out.type.category : category;
  auto found = config.categories.find(out.category_name);
  if (found == config.categories.end())
    return fault{errc::invalid_request,
                 "The category \"" + out.category_name + "\" is not declared.",
                 {{"/category", "not_found",
                   "The category \"" + out.category_name
                     + "\" is not declared; use a built-in one (transactional, alert, reminder, promotional) or "
                       "declare [categories."
                     + out.category_name + "] in the configuration."}}};
  out.category = found->second;
  out.priority = wanted.value_or(out.type.priority);
  return out;
}

} // namespace carillon
