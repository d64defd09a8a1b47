// No plugin: it has a definition, and does not say what it was built against.
#include <noderig/framework/metadata.h>

extern "C" {
const noderig::ScenarioDefinition* noderig_plugin_scenario();
const noderig::ScenarioDefinition* noderig_plugin_scenario() {
  return nullptr;
}
}
