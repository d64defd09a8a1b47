// The one directory where state lives: fetched daemons, probed profiles, bundles of failures.
#pragma once

#include <filesystem>

namespace noderig {

// NODERIG_HOME; else .noderig at the root of the git work tree one stands in; else
// ~/.local/share/noderig. Not necessarily there yet. Throws EnvironmentError when none can be told.
std::filesystem::path home_directory();

// The root of the git work tree one stands in; empty outside of one.
std::filesystem::path work_tree_root();

}  // namespace noderig
