#include "runtime/engine/link_key.hpp"

#include <fstream>

#include "runtime/http/keys.hpp"

namespace carillon {

result<secret> link_key_of(const std::filesystem::path& folder) {
  auto file = folder / "link.key";
  if (std::ifstream in{file}) {
    std::string text;
    if (std::getline(in, text) && !text.empty())
      return secret{text};
    return fault{errc::internal_error, file.string()
                                         + " is empty; restore it, or remove it to have a new one made: "
                                           "links that were sent before then stop working."};
  }
  auto made = make_key(admin_key_template(), sys_time{}).text; // as random as a key, but never one
  if (auto written = write_key_file(file, made); !written)
    return written.error();
  return secret{made};
}

} // namespace carillon
