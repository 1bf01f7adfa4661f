#include "config/load.hpp"

#include <fstream>
#include <unistd.h>

#include "config/overlay.hpp"
#include "config/settings.hpp"

namespace carillon {

namespace {

constexpr std::size_t file_bytes = 1'048'576;

conf::document unreadable(const std::string& source, std::string message, std::string remedy) {
  return {{}, {{0, 0, "", std::move(message), std::move(remedy), severity::error, source}}};
}

conf::document read_document(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error))
    return unreadable(file.string(), "this is a folder", "Name the configuration file inside of it.");
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return unreadable(file.string(), "the file cannot be read", "Check its name and that carillon may read it.");
  std::string text(file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > file_bytes)
    return unreadable(file.string(), "the file is larger than 1 MiB", "Name a configuration file.");
  return conf::parse_document(text, file.string());
}

/// The folder that relative names are relative to.
std::filesystem::path base_folder(const load_request& request) {
  return request.file ? std::filesystem::absolute(*request.file).parent_path() : std::filesystem::current_path();
}

std::filesystem::path store_folder(const std::string& url, const std::filesystem::path& base) {
  static constexpr std::string_view scheme = "sqlite:";
  auto folder = url.starts_with(scheme) ? url.substr(scheme.size()) : store_options{}.folder.string();
  return (base / folder).lexically_normal();
}

void name_sections(options& all) {
  for (auto& [name, provider] : all.providers)
    provider.name = name;
}

} // namespace

loaded load_options(const load_request& request) {
  loaded result{default_options(), {}, {}};
  conf::document written;
  if (request.file)
    written = read_document(*request.file);
  if (conf::find(written.root, "providers")) {
    result.value.providers.clear();
    result.value.channels.clear();
  }
  conf::overlay_environment(written, request.environment, conf::key_paths(conf::all_settings()));
  conf::overlay_arguments(written, request.set);

  auto base = base_folder(request);
  conf::reader in{base, request.environment};
  in.problems = std::move(written.problems);
  conf::read_section(result.value, {std::move(written.root), {}}, in, conf::all_settings());
  result.value.file = request.file.value_or("");
  result.value.store.folder = store_folder(result.value.store.url, base);
  name_sections(result.value);
  result.problems = std::move(in.problems);
  result.where = std::move(in.where);
  locate(result.problems, result.where);
  return result;
}

loaded load_and_validate(const load_request& request, std::span<const protocol_facts> protocols) {
  auto result = load_options(request);
  for (auto& problem : validate(result.value, protocols))
    result.problems.push_back(std::move(problem));
  locate(result.problems, result.where);
  return result;
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> all;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    std::string_view text{*variable};
    if (auto equals = text.find('='); equals != std::string_view::npos)
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

} // namespace carillon
