// A value that does not print: it has no stream operator, no formatter and no
// implicit conversion. `reveal` is the only way to it, so uses can be searched for.
#pragma once

#include <string>
#include <utility>

namespace carillon {

class secret {
public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const secret&) const = default;

private:
  std::string value_;
};

} // namespace carillon
