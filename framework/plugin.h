// Scenarios as shared libraries. A plugin carries noderig's version and a fingerprint of the
// headers and compiler it was built with; both are compared as plain text before anything else of
// it is used. Loaded plugins stay loaded until the process ends. One thread.
#pragma once

#include <noderig/framework/metadata.h>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace noderig {

// A scenario with the plugin it came from. The definition lives in the loaded library.
struct Scenario {
  const ScenarioDefinition* definition;
  std::filesystem::path plugin;

  const ScenarioMetadata& metadata() const { return definition->metadata; }
  const std::string& name() const { return definition->metadata.name; }
};

// Loads one plugin. Throws EnvironmentError that says what to do when it is not there, no shared
// library, no noderig plugin, or built against another version, other headers or by another
// compiler.
Scenario load_plugin(const std::filesystem::path& file);

// Where plugins are looked for: the program's own, then each directory of NODERIG_PLUGINS.
std::vector<std::filesystem::path> plugin_directories();

// Every scenario of the plugin directories and of `files`, by name. Throws EnvironmentError when a
// plugin cannot be loaded, a directory of NODERIG_PLUGINS cannot be read, or two scenarios have one
// name, naming both files.
std::vector<Scenario> discover_scenarios(const std::vector<std::filesystem::path>& files = {});

// The version this library was built as, and its build fingerprint.
const char* library_version();
const char* library_fingerprint();

}  // namespace noderig
