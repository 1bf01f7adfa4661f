// Notifications that the engine wrote, read back from its store to be copied.
#pragma once

#include <future>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/stores.hpp"

namespace fill {

/// Its value; throws std::runtime_error with the fault's sentence.
template <class T>
T value_of(carillon::result<T> answer) {
  if (!answer)
    throw std::runtime_error(answer.error().detail);
  return std::move(*answer);
}

/// Makes a call of a port and waits for its value.
template <class T, class Call>
T wait_for(Call call) {
  std::promise<carillon::result<T>> answer;
  call([&answer](carillon::result<T> got) { answer.set_value(std::move(got)); });
  return value_of(answer.get_future().get());
}

/// The notifications with these ids, which stand with commas between them; at least
/// one. Throws std::invalid_argument at what is no id, std::runtime_error at an unknown one.
std::vector<carillon::notification_view> read_templates(carillon::stores& from, std::string_view ids);

} // namespace fill
