// What the parser checks of a value, in words that can follow the option's name.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace carillon::cli {

/// A whole number from `least` to `most`.
CLI::Validator whole_number(long least, long most);
/// A number from `least` to `most`.
CLI::Validator number(double least, double most);
/// One of these words.
CLI::Validator one_of(std::vector<std::string> words);

} // namespace carillon::cli
