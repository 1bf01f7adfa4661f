// libcurl's handles, owned. Everything else of libcurl is used as it is.
#pragma once

#include <curl/curl.h>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

namespace carillon {

struct curl_deleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct curl_multi_deleter {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct curl_list_deleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

using easy_handle = std::unique_ptr<CURL, curl_deleter>;
using multi_handle = std::unique_ptr<CURLM, curl_multi_deleter>;

/// A list of strings in libcurl's form.
class string_list {
public:
  void add(const std::string& item) {
    auto* grown = curl_slist_append(list_.get(), item.c_str());
    if (!grown)
      throw std::bad_alloc{};
    static_cast<void>(list_.release()); // `grown` is the same list, one longer
    list_.reset(grown);
  }
  curl_slist* get() const { return list_.get(); }

private:
  std::unique_ptr<curl_slist, curl_list_deleter> list_;
};

inline easy_handle make_easy() {
  easy_handle handle{curl_easy_init()};
  if (!handle)
    throw std::bad_alloc{};
  return handle;
}

inline multi_handle make_multi() {
  multi_handle handle{curl_multi_init()};
  if (!handle)
    throw std::bad_alloc{};
  return handle;
}

/// Sets an option; throws std::runtime_error where libcurl does not take it.
template <class T>
void set_option(const easy_handle& handle, CURLoption option, T value) {
  if (auto code = curl_easy_setopt(handle.get(), option, value); code != CURLE_OK)
    throw std::runtime_error{std::string{"libcurl refused an option: "} + curl_easy_strerror(code)};
}

template <class T>
void set_option(const multi_handle& handle, CURLMoption option, T value) {
  if (auto code = curl_multi_setopt(handle.get(), option, value); code != CURLM_OK)
    throw std::runtime_error{std::string{"libcurl refused an option: "} + curl_multi_strerror(code)};
}

} // namespace carillon
