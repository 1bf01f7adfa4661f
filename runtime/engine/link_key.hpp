// The key that signs unsubscribe links. It is made at the first start and kept in
// the data folder: links in mails of last month must still be ours.
#pragma once

#include <filesystem>

#include "messages/errors.hpp"
#include "messages/secret.hpp"

namespace carillon {

/// Reads `link.key` in the folder, or makes it (mode 0600, 256 random bits).
/// internal_error names the file where it can be neither read nor written.
result<secret> link_key_of(const std::filesystem::path& folder);

} // namespace carillon
