// A least-recently-used cache with a fixed number of entries.
#pragma once

#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace carillon {

template <class Value>
class bounded_cache {
public:
  explicit bounded_cache(std::size_t capacity = 1) : capacity_(capacity) {}

  /// The value, now the most recently used; null if it is not here.
  const Value* find(const std::string& key) {
    auto found = entries_.find(key);
    if (found == entries_.end())
      return nullptr;
    ages_.splice(ages_.end(), ages_, found->second.second);
    return &found->second.first;
  }

  void put(const std::string& key, Value value) {
    erase(key);
    if (entries_.size() >= capacity_ && !ages_.empty())
      erase(std::string{ages_.front()});
    ages_.push_back(key);
    entries_.emplace(key, std::pair{std::move(value), std::prev(ages_.end())});
  }

  void erase(const std::string& key) {
    auto found = entries_.find(key);
    if (found == entries_.end())
      return;
    ages_.erase(found->second.second);
    entries_.erase(found);
  }

  void clear() {
    entries_.clear();
    ages_.clear();
  }

  std::size_t size() const { return entries_.size(); }

private:
  std::size_t capacity_;
  std::list<std::string> ages_; ///< oldest first
  std::unordered_map<std::string, std::pair<Value, std::list<std::string>::iterator>> entries_;
};

} // namespace carillon
