// Idempotency keys that are being accepted right now, over both lanes: the second
// request with a key is told to wait instead of racing the first one to the disk.
// Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>

#include "messages/domain.hpp"

namespace carillon {

class key_registry {
public:
  /// Reserves a key until the returned handle is gone; null if it is reserved already.
  std::shared_ptr<void> reserve(const space& where, const std::string& key);

private:
  struct table {
    std::mutex mutex;
    std::unordered_set<std::string> keys;
  };
  std::shared_ptr<table> table_ = std::make_shared<table>();
};

} // namespace carillon
