// The requests a run sends: made once as bytes, then patched in place, so that
// the generator costs a small share of what it measures.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "bench/common/net.hpp"
#include "bench/load/options.hpp"

namespace load {

using bench::nanoseconds;

class workload {
public:
  virtual ~workload() = default;
  /// Writes the next request into `request`; `intended` is when it should leave.
  /// False once there are no more.
  virtual bool next(std::string& request, nanoseconds intended) = 0;
  /// A 2xx arrived for `request`.
  virtual void accepted(const std::string& request, std::string_view body) = 0;
  /// Requests that were accepted for users who want them.
  virtual std::uint64_t wanted() const = 0;
};

/// By `what.work`; throws std::invalid_argument at an unknown one.
std::unique_ptr<workload> make_workload(const options& what);

} // namespace load
