#include <dlfcn.h>
#include <fmt/format.h>
#include <noderig/build_fingerprint.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/plugin.h>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

namespace noderig {
namespace fs = std::filesystem;
namespace {

const char* text_symbol(void* library, const char* name) {
  return static_cast<const char*>(::dlsym(library, name));
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
  if (library == nullptr) {
    throw EnvironmentError(fmt::format(
        "{} cannot be loaded: {} (a plugin is a shared library, built by noderig_add_scenario)",
        file.string(), ::dlerror()));
  }
  const char* version = text_symbol(library, "noderig_plugin_version");
  const char* fingerprint = text_symbol(library, "noderig_plugin_fingerprint");
  void* entry = ::dlsym(library, "noderig_plugin_scenario");
  if (version == nullptr || fingerprint == nullptr || entry == nullptr) {
    throw EnvironmentError(
        fmt::format("{} is a shared library but no noderig plugin: a plugin is a source file with "
                    "NODERIG_SCENARIO, built by noderig_add_scenario",
                    file.string()));
  }
  if (std::string_view(version) != library_version()) {
    throw EnvironmentError(
        fmt::format("{} was built for noderig {}, this is noderig {}: rebuild the plugin",
                    file.string(), version, library_version()));
  }
  if (std::string_view(fingerprint) != library_fingerprint()) {
    throw EnvironmentError(fmt::format(
        "{} was built with other headers or another compiler than this noderig (fingerprint {}, "
        "here {}): rebuild the plugin against the installed noderig",
        file.string(), fingerprint, library_fingerprint()));
  }
  const auto scenario = reinterpret_cast<const ScenarioDefinition* (*)()>(entry);
  return {scenario(), file};
}

std::vector<fs::path> plugin_directories() {
  std::vector<fs::path> directories;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  directories.push_back(program.parent_path().parent_path() / "lib" / "noderig" / "scenarios");
  if (const char* more = std::getenv("NODERIG_PLUGINS")) {
    std::istringstream list(more);
    for (std::string directory; std::getline(list, directory, ':');) {
      if (!directory.empty()) directories.emplace_back(directory);
    }
  }
  return directories;
}

std::vector<Scenario> discover_scenarios(const std::vector<fs::path>& files) {
  std::vector<fs::path> plugins;
  for (const fs::path& directory : plugin_directories()) {
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(directory, absent)) {
      if (entry.path().extension() == ".so") plugins.push_back(entry.path());
    }
  }
  plugins.insert(plugins.end(), files.begin(), files.end());

  std::map<std::string, Scenario> by_name;
  for (const fs::path& plugin : plugins) {
    const Scenario scenario = load_plugin(plugin);
    const auto [known, added] = by_name.emplace(scenario.name(), scenario);
    // The same file by two ways is one scenario.
    std::error_code error;
    if (added || fs::equivalent(known->second.plugin, plugin, error)) continue;
    throw EnvironmentError(fmt::format("two scenarios are named \"{}\": {} ({}) and {} ({})",
                                       scenario.name(), known->second.definition->source_file,
                                       known->second.plugin.string(),
                                       scenario.definition->source_file, plugin.string()));
  }
  std::vector<Scenario> scenarios;
  for (const auto& [name, scenario] : by_name) scenarios.push_back(scenario);
  return scenarios;
}

}  // namespace noderig
