// Configurations for tests: files in a folder that goes with the test.
#pragma once

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "config/load.hpp"

namespace carillon::testing {

class folder {
public:
  folder() : path_(std::filesystem::temp_directory_path() / ("carillon-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path_);
  }
  ~folder() {
    std::error_code unused;
    std::filesystem::remove_all(path_, unused);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream{path_ / name, std::ios::binary} << text;
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// Protocols as the actors describe theirs.
inline std::span<const protocol_facts> some_protocols() {
  static constexpr std::array<std::string_view, 1> api_key{"api_key"};
  static const std::array<protocol_facts, 5> all{{
    {"sandbox", std::nullopt},
    {"in_app", channel::in_app},
    {"smtp", channel::email, {}, true, true, false},
    {"webhook", channel::webhook, {}, false, false, true},
    {"sendgrid", channel::email, api_key, true, false, false},
  }};
  return all;
}

/// What loading and checking a file of this text comes to.
inline loaded load_text(const std::string& text, load_request request = {}) {
  folder home;
  request.file = home.write("carillon.toml", text);
  return load_and_validate(request, some_protocols());
}

/// The one problem of this key; fails the test where there is none or more.
inline config_problem only_problem(const loaded& from, const std::string& key) {
  std::vector<config_problem> found;
  for (const auto& problem : from.problems) {
    UNSCOPED_INFO(to_string(problem));
    if (problem.key == key)
      found.push_back(problem);
  }
  INFO("looking for a problem with " << key);
  REQUIRE(found.size() == 1);
  return found[0];
}

inline std::string all_problems(const loaded& from) {
  std::string text;
  for (const auto& problem : from.problems)
    text += to_string(problem) + "\n";
  return text;
}

} // namespace carillon::testing
