// What the environment and the command line put over a configuration file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/document.hpp"

namespace carillon::conf {

/// Puts every `CARILLON_SECTION_KEY` of the environment that names one of `paths`
/// into the document. In names of providers, types and categories any character
/// but a letter or digit is `_`; a name the document has already is preferred.
/// A variable that begins with a section's name but is no setting is a problem,
/// those apart that Kubernetes sets for a service called carillon.
void overlay_environment(document& onto, const std::map<std::string, std::string>& environment,
                         const std::vector<std::string>& paths);

/// Puts `section.key=value` arguments into the document, later ones over earlier.
void overlay_arguments(document& onto, const std::vector<std::string>& arguments);

} // namespace carillon::conf
