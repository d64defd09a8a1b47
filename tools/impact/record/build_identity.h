// What a recording depends on beside the project's files: the compiler, the compile commands and
// the files that the build made. Kept with it, and compared when it is used. Value types; any
// thread.
#pragma once

#include <impact/model/reason.h>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace noderig::impact {

struct BuildIdentity {
  std::string toolchain{};                         // the compiler's path and version
  std::map<std::string, std::string> commands{};   // by source file: a digest of how it is compiled
  std::map<std::string, std::string> generated{};  // sources and headers in the build directory

  bool operator==(const BuildIdentity&) const = default;
};

// Throws EnvironmentError when there are no compile commands.
BuildIdentity identity_of(const std::filesystem::path& project, const std::filesystem::path& build);

// Why a recording made under `recorded` says nothing about `now`; empty when it does. Files that
// only one of them compiles are the project's own change.
std::vector<Reason> differences(const BuildIdentity& recorded, const BuildIdentity& now);

}  // namespace noderig::impact
