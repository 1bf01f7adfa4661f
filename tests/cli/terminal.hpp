// Runs the command line as a person would, with the clock, environment and
// patience a test gives it.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdlib.h>
#include <string>
#include <vector>

#include "runtime/cli/run.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::test {

struct terminal {
  std::map<std::string, std::string> environment{{"CARILLON_KEY", "ck_test_key"}};
  std::string input;
  sys_time now = parse_rfc3339("2026-05-01T12:00:00Z").value();
  int patience = 0; ///< pauses before the person interrupts
  bool colour = false, live = false;

  std::string out, err; ///< of the last run

  int run(std::vector<std::string> arguments) {
    std::istringstream in{input};
    std::ostringstream out_stream, err_stream;
    int pauses = patience;
    cli::session s{in,
                   out_stream,
                   err_stream,
                   cli::style{colour},
                   live,
                   environment,
                   [this] { return now; },
                   [this, &pauses](duration length) {
                     now += length;
                     return pauses-- > 0;
                   }};
    arguments.insert(arguments.begin(), "carillon");
    std::vector<const char*> argv;
    for (auto& argument : arguments)
      argv.push_back(argument.c_str());
    const int code = cli::run(static_cast<int>(argv.size()), argv.data(), s);
    out = out_stream.str();
    err = err_stream.str();
    return code;
  }
};

/// A folder of its own, removed at the end.
class scratch_folder {
public:
  scratch_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "carillon-cli-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream{path_ / name} << text;
    return path_ / name;
  }

private:
  std::filesystem::path path_;
};

} // namespace carillon::test
