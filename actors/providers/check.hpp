// What a provider's section lacks for its protocol, found before anything is sent. Pure.
#pragma once

#include <string>
#include <vector>

#include "config/options.hpp"

namespace carillon {

struct provider_problem {
  std::string key;    ///< below the provider's section: "from", "credentials.secret"
  std::string detail; ///< what is wrong and the remedy; never the value of a secret
};

/// Every problem at once; empty where the provider can work.
std::vector<provider_problem> problems_of(const provider_options& provider);

} // namespace carillon
