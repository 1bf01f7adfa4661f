// The categories every installation has; a configuration amends them and adds its own.
#pragma once

#include <map>
#include <string>

#include "config/options.hpp"

namespace carillon {

/// transactional, alert: no quiet hours, opt-out allowed. reminder: quiet hours.
/// promotional: quiet hours, an unsubscribe link, worthless after three days.
std::map<std::string, category_options> built_in_categories();

} // namespace carillon
