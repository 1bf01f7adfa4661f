// What is wrong with a command line, and what to type instead.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace carillon::cli {

/// The parser's error in our words: it names the option, what is wrong with it and
/// the remedy. `app` is the parser that threw.
std::string usage_text(const CLI::App& app, const CLI::ParseError& what);

} // namespace carillon::cli
