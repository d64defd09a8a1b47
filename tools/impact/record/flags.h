// How to build what is to be recorded, and whether a build directory was built that way. Pure
// functions; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace noderig::impact {

struct Flags {
  std::vector<std::string> compile{};
  std::vector<std::string> link{};
};

// For clang 16. Counters are placed by the front end, so that no inlining hides a function, and are
// found through a variable, so that they can live in a mapped file that survives kill -9.
Flags instrumentation_flags();

// The command that configures an instrumented build, to be shown to a user.
std::string configure_command(const std::filesystem::path& project,
                              const std::filesystem::path& build);

// Throws EnvironmentError, with that command, unless the compile commands of the build directory
// are there and carry the flags.
void require_instrumented(const std::filesystem::path& project, const std::filesystem::path& build);

}  // namespace noderig::impact
