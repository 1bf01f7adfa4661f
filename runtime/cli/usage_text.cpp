#include "runtime/cli/usage_text.hpp"

#include <algorithm>

#include "config/suggest.hpp"
#include "runtime/cli/style.hpp"

namespace carillon::cli {
namespace {

/// The innermost command that was named.
const CLI::App& named_command(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty())
    at = at->get_subcommands().back();
  return *at;
}

/// `carillon keys create`
std::string full_name(const CLI::App& command) {
  auto* parent = command.get_parent();
  return parent ? full_name(*parent) + ' ' + command.get_name() : command.get_name();
}

std::vector<std::string> commands_of(const CLI::App& group) {
  std::vector<std::string> names;
  for (auto* command : group.get_subcommands({}))
    names.push_back(command->get_name());
  return names;
}

/// `--lines`, or the bare name of an argument without dashes.
std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (auto* option : command.get_options())
    names.push_back(option->get_name());
  return names;
}

std::string without_dashes(const std::string& word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

/// The word that was meant, dashes apart; empty where none is near.
std::string nearest(const std::string& typed, const std::vector<std::string>& known) {
  std::vector<std::string> bare;
  bare.reserve(known.size());
  for (auto& word : known)
    bare.push_back(without_dashes(word));
  const auto found = nearest_word(without_dashes(typed), bare);
  return found ? known[static_cast<std::size_t>(std::find(bare.begin(), bare.end(), *found) - bare.begin())] : "";
}

std::string with_hint(std::string text, const std::string& meant) {
  return meant.empty() ? text + '.' : text + "; did you mean " + meant + '?';
}

std::string unknown_word(const CLI::App& command, const std::string& word) {
  const auto quoted = '"' + printable(word) + "\" is ", name = full_name(command);
  auto known = commands_of(command);
  if (word.starts_with('-')) {
    auto options = options_of(command);
    options.insert(options.end(), known.begin(), known.end());
    return with_hint(quoted + "no option of `" + name + '`', nearest(word, options));
  }
  if (known.empty())
    return quoted + "one argument too many for `" + name + "`.";
  if (const auto meant = nearest(word, known); !meant.empty())
    return with_hint(quoted + "no command of `" + name + '`', meant);
  return quoted + "no command of `" + name + "`; its commands are " + listed(known, "and") + '.';
}

/// Every option that is missing, with what it is for.
std::string missing_text(const CLI::App& command) {
  std::vector<std::string> names;
  std::string meanings;
  for (auto* option : command.get_options())
    if (option->get_required() && option->count() == 0) {
      names.push_back(option->get_name());
      meanings += "\n  " + option->get_name() + "  " + option->get_description();
    }
  if (!names.empty())
    return '`' + full_name(command) + "` needs " + listed(names, "and") + ':' + meanings;
  return '`' + full_name(command) + "` needs a command: " + listed(commands_of(command), "or") + '.';
}

/// The parser's texts begin with the option's name and a colon.
std::string value_text(const CLI::App& command, const std::string& text) {
  const auto colon = text.find(": ");
  const auto name = text.substr(0, colon);
  auto* option = command.get_option_no_throw(name);
  if (option == nullptr || colon == std::string::npos)
    return text + '.';
  if (option->count() > 1)
    return name + " was given " + std::to_string(option->count()) + " times; give it once.";
  return name + " needs a value: " + option->get_description() + '.';
}

/// `Could not convert: --wait = maybe`
std::string conversion_text(const std::string& text) {
  const auto from = text.find(": ") + 2, equals = text.find(" = ", from);
  if (from < 2 || equals == std::string::npos)
    return text + '.';
  return text.substr(from, equals - from) + " takes no value, but was given \"" + printable(text.substr(equals + 3))
         + "\"; leave the value out.";
}

/// `--status excludes --check`
std::string exclusion_text(const std::string& text) {
  constexpr std::string_view between = " excludes ";
  const auto at = text.find(between);
  if (at == std::string::npos)
    return text + '.';
  return text.substr(0, at) + " and " + text.substr(at + between.size())
         + " cannot be given together; give one of them.";
}

std::string what_is_wrong(const CLI::App& app, const CLI::App& command, const CLI::ParseError& what) {
  // The parser misses what it needs before it says which word it did not understand.
  if (const auto unknown = app.remaining(true); !unknown.empty())
    return unknown_word(command, unknown.front());
  const std::string text = what.what();
  if (dynamic_cast<const CLI::RequiredError*>(&what) != nullptr)
    return missing_text(command);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&what) != nullptr)
    return value_text(command, text);
  if (dynamic_cast<const CLI::ConversionError*>(&what) != nullptr)
    return conversion_text(text);
  if (dynamic_cast<const CLI::ExcludesError*>(&what) != nullptr)
    return exclusion_text(text);
  // Our own checks' words follow the option's name (argument_checks.hpp).
  const auto colon = text.find(": ");
  return (colon == std::string::npos ? text : text.substr(0, colon) + text.substr(colon + 1)) + '.';
}

} // namespace

std::string usage_text(const CLI::App& app, const CLI::ParseError& what) {
  const auto& command = named_command(app);
  return what_is_wrong(app, command, what) + "\nRun `" + full_name(command) + " --help` to see what it takes.";
}

} // namespace carillon::cli
