#include <dlfcn.h>
#include <fmt/format.h>
#include <noderig/build_fingerprint.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/plugin.h>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <span>
#include <sstream>
#include <string_view>

namespace noderig {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kStamp = NODERIG_PLUGIN_STAMP;

// What a plugin says it was built for.
struct Stamp {
  std::string_view version;
  std::string_view fingerprint;
};

// The stamp that `text` begins with; nothing when it doesn't.
std::optional<Stamp> parse_stamp(std::string_view text) {
  constexpr std::string_view kBuild = " build ";
  if (!text.starts_with(kStamp)) return {};
  text = text.substr(kStamp.size(), text.find('\0') - kStamp.size());
  const std::size_t build = text.find(kBuild);
  if (build == std::string_view::npos) return {};
  return Stamp{text.substr(0, build), text.substr(build + kBuild.size())};
}

void require_same_build(const fs::path& file, const Stamp& stamp) {
  if (stamp.version != library_version()) {
    throw EnvironmentError(fmt::format(
        "{} was built for noderig {}, this is noderig {}: rebuild the plugin against this one",
        file.string(), stamp.version, library_version()));
  }
  if (stamp.fingerprint != library_fingerprint()) {
    throw EnvironmentError(fmt::format(
        "{} was built with other headers or another compiler than this noderig ({}, here {}): "
        "rebuild the plugin against this one",
        file.string(), stamp.fingerprint, library_fingerprint()));
  }
}

// Why the loader refused a file, and what to do: the loader's own words come last.
[[noreturn]] void refuse(const fs::path& file, const std::string& loader) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) {
    throw EnvironmentError(fmt::format("there is no plugin {}: {}", file.string(),
                                       error ? error.message() : "no such file"));
  }
  if (fs::is_directory(status)) {
    throw EnvironmentError(fmt::format(
        "{} is a directory: --plugin takes a file, NODERIG_PLUGINS directories", file.string()));
  }
  const std::string bytes = read_file(file);
  if (!bytes.starts_with("\177ELF")) {
    throw EnvironmentError(
        fmt::format("{} is not a shared library; a plugin is one, built from a scenario by "
                    "noderig_add_scenario ({})",
                    file.string(), loader));
  }
  // One that was built for another noderig may lack what it needs here: that is the better reason.
  const std::size_t at = bytes.find(kStamp);
  const auto stamp =
      at == std::string::npos ? std::nullopt : parse_stamp(std::string_view(bytes).substr(at));
  if (stamp) require_same_build(file, *stamp);
  throw EnvironmentError(
      fmt::format("{} cannot be loaded; a plugin is a shared library, built from a scenario by "
                  "noderig_add_scenario against this noderig ({})",
                  file.string(), loader));
}

std::vector<fs::path> plugins_in(const fs::path& directory, std::error_code& error) {
  std::vector<fs::path> plugins;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".so") plugins.push_back(entry.path());
  }
  return plugins;
}

}  // namespace

const char* library_version() {
  return NODERIG_VERSION;
}
const char* library_fingerprint() {
  return NODERIG_BUILD_FINGERPRINT;
}

Scenario load_plugin(const fs::path& file) {
  void* library = ::dlopen(fs::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) refuse(file, ::dlerror());
  const char* text = static_cast<const char*>(::dlsym(library, "noderig_plugin_stamp"));
  const auto stamp = text == nullptr ? std::nullopt : parse_stamp(text);
  void* entry = ::dlsym(library, "noderig_plugin_scenario");
  if (!stamp || entry == nullptr) {
    throw EnvironmentError(
        fmt::format("{} is a shared library but no noderig plugin: a plugin is a source file with "
                    "NODERIG_SCENARIO, built by noderig_add_scenario",
                    file.string()));
  }
  require_same_build(file, *stamp);
  const auto scenario = reinterpret_cast<const ScenarioDefinition* (*)()>(entry);
  return {scenario(), file};
}

std::vector<fs::path> plugin_directories() {
  std::vector<fs::path> directories;
  directories.push_back(program_prefix() / "lib" / "noderig" / "scenarios");
  if (const char* more = std::getenv("NODERIG_PLUGINS")) {
    std::istringstream list(more);
    for (std::string directory; std::getline(list, directory, ':');) {
      if (!directory.empty()) directories.emplace_back(directory);
    }
  }
  return directories;
}

std::vector<Scenario> discover_scenarios(const std::vector<fs::path>& files) {
  const auto directories = plugin_directories();
  std::error_code none_installed;
  std::vector<fs::path> plugins = plugins_in(directories.front(), none_installed);
  for (const fs::path& directory : std::span(directories).subspan(1)) {
    std::error_code error;
    const auto found = plugins_in(directory, error);
    if (error) {
      throw EnvironmentError(fmt::format("NODERIG_PLUGINS names {}, which cannot be read: {}",
                                         directory.string(), error.message()));
    }
    plugins.insert(plugins.end(), found.begin(), found.end());
  }
  plugins.insert(plugins.end(), files.begin(), files.end());

  std::map<std::string, Scenario> by_name;
  for (const fs::path& plugin : plugins) {
    const Scenario scenario = load_plugin(plugin);
    const auto [known, added] = by_name.emplace(scenario.name(), scenario);
    // The same file by two ways is one scenario.
    std::error_code error;
    if (added || fs::equivalent(known->second.plugin, plugin, error)) continue;
    throw EnvironmentError(fmt::format(
        "two scenarios are named \"{}\": {} ({}) and {} ({}): rename one, or leave it out",
        scenario.name(), known->second.definition->source_file, known->second.plugin.string(),
        scenario.definition->source_file, plugin.string()));
  }
  std::vector<Scenario> scenarios;
  for (const auto& [name, scenario] : by_name) scenarios.push_back(scenario);
  return scenarios;
}

}  // namespace noderig
