// A person as preference keeps one in memory: only what decisions read, in one piece
// of bytes, about a third of what the parts take. Pure.
#pragma once

#include <optional>
#include <string>

#include "messages/ports.hpp"

namespace carillon {

class packed_person {
public:
  explicit packed_person(const person& who);

  /// Without attributes, digest, versions and times, which no decision reads.
  person unpack(const space& where, const std::string& user_id) const;
  /// As of the person: a suppression of theirs ends then.
  std::optional<sys_time> good_until() const { return good_until_; }

private:
  std::string bytes_;
  std::optional<sys_time> good_until_;
};

} // namespace carillon
