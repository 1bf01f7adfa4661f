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
    ages_.splice(ages_.end(), ages_, found->second.age);
    return &found->second.value;
  }

  void put(const std::string& key, Value value) {
    erase(key);
    if (entries_.size() >= capacity_ && !ages_.empty())
      erase(*ages_.front());
    auto made = entries_.emplace(key, entry{std::move(value), {}}).first;
    made->second.age = ages_.insert(ages_.end(), &made->first);
  }

  void erase(const std::string& key) {
    auto found = entries_.find(key);
    if (found == entries_.end())
      return;
    ages_.erase(found->second.age);
    entries_.erase(found);
  }

  void clear() {
    entries_.clear();
    ages_.clear();
  }

  std::size_t size() const { return entries_.size(); }

private:
  std::size_t capacity_;
  using age_list = std::list<const std::string*>;
  struct entry {
    Value value;
    age_list::iterator age;
  };
  age_list ages_; ///< the keys that the entries hold, oldest first
  std::unordered_map<std::string, entry> entries_;
};

} // namespace carillon
