#include <noderig/framework/errors.h>
#include <noderig/framework/home.h>
#include <cstdlib>

namespace noderig {
namespace fs = std::filesystem;

fs::path work_tree_root() {
  fs::path here = fs::current_path();
  while (true) {
    // A file in a linked work tree or submodule, a directory elsewhere.
    if (fs::exists(here / ".git")) return here;
    if (here == here.parent_path()) return {};
    here = here.parent_path();
  }
}

fs::path home_directory() {
  if (const char* chosen = std::getenv("NODERIG_HOME"); chosen != nullptr && *chosen != '\0') {
    return fs::absolute(chosen);
  }
  if (const fs::path root = work_tree_root(); !root.empty()) return root / ".noderig";
  if (const char* user = std::getenv("HOME"); user != nullptr && *user != '\0') {
    return fs::path(user) / ".local" / "share" / "noderig";
  }
  throw EnvironmentError("there is no place for noderig's state: set NODERIG_HOME to a directory");
}

}  // namespace noderig
