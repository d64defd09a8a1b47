// The compile commands of a configured build directory, as CMake exports them. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace noderig::impact {

struct CompileCommand {
  std::filesystem::path directory{};     // absolute
  std::filesystem::path file{};          // absolute
  std::vector<std::string> arguments{};  // the compiler first

  bool operator==(const CompileCommand&) const = default;
};

// Only C++ and C. Throws EnvironmentError, saying how to get one, when there is no
// compile_commands.json or it is none.
std::vector<CompileCommand> read_compile_commands(const std::filesystem::path& build);

}  // namespace noderig::impact
