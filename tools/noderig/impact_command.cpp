#include "impact_command.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace noderig {

bool is_impact_command(int argc, char** argv) {
  if (argc < 2) return false;
  const std::string_view command = argv[1];
  return command == "impact" || command == "refactor";
}

int hand_over_to_impact(char** argv) {
  const auto program = program_prefix() / "bin" / "noderig-impact";
  ::execv(program.c_str(), argv);
  if (errno != ENOENT) {
    throw EnvironmentError(
        fmt::format("cannot run {}: {}", program.string(), std::strerror(errno)));
  }
  throw EnvironmentError(fmt::format(
      "`noderig {}` is not part of this build. `tools/rig {} ...` installs LLVM and builds it;\n"
      "with LLVM 16 there, `cmake -B build -DNODERIG_IMPACT=ON` and a build do.",
      argv[1], argv[1]));
}

void describe_impact_commands(CLI::App& app) {
  app.add_subcommand("impact", "Which tests a change of the source can affect");
  app.add_subcommand("refactor", "Moves and renames methods, checked by the tests they can affect");
}

}  // namespace noderig
