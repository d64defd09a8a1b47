#include <impact/record/flags.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <algorithm>

namespace noderig::impact {

Flags instrumentation_flags() {
  return {.compile = {"-fprofile-instr-generate", "-mllvm", "-runtime-counter-relocation"},
          .link = {"-fprofile-instr-generate"}};
}

std::string configure_command(const std::filesystem::path& project,
                              const std::filesystem::path& build) {
  const Flags flags = instrumentation_flags();
  return fmt::format(
      "cmake -S {} -B {} -DCMAKE_C_COMPILER=clang-16 -DCMAKE_CXX_COMPILER=clang++-16 "
      "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_C_FLAGS='{}' -DCMAKE_CXX_FLAGS='{}' "
      "-DCMAKE_EXE_LINKER_FLAGS='{}' -DCMAKE_SHARED_LINKER_FLAGS='{}' "
      "-DCMAKE_MODULE_LINKER_FLAGS='{}'",
      project.string(), build.string(), fmt::join(flags.compile, " "),
      fmt::join(flags.compile, " "), fmt::join(flags.link, " "), fmt::join(flags.link, " "),
      fmt::join(flags.link, " "));
}

void require_instrumented(const std::filesystem::path& project,
                          const std::filesystem::path& build) {
  const std::string commands = read_file(build / "compile_commands.json");
  if (commands.empty()) {
    throw EnvironmentError(fmt::format("{} has no compile_commands.json. Configure it so:\n  {}",
                                       build.string(), configure_command(project, build)));
  }
  const std::vector<std::string> flags = instrumentation_flags().compile;
  const bool all = std::ranges::all_of(
      flags, [&](const auto& flag) { return commands.find(flag) != std::string::npos; });
  if (all) return;
  throw EnvironmentError(
      fmt::format("{} is not built with instrumentation (`noderig impact flags`). Make a build "
                  "directory for it:\n  {}",
                  build.string(), configure_command(project, build)));
}

}  // namespace noderig::impact
