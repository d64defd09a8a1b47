// One translation unit parsed and compiled, in this process, to unoptimised intermediate code: its
// facts, and what they were made from. Any thread; several at a time.
#pragma once

#include <impact/model/facts.h>
#include <impact/source/compile_commands.h>
#include <impact/source/source_tree.h>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace noderig::impact {

struct UnitAnalysis {
  UnitFacts facts{};
  std::set<std::string> read{};    // the files it is made of, absolute, as the project names them
  std::set<std::string> absent{};  // of the project or build directory: looked for, not there
  std::optional<std::string> error{};  // the compiler's first, with file and line; then no facts
};

// `command` is one of the build directory's own, for the project where it is; files of the project
// are read from `tree`, those of `build` and of the system where they are.
UnitAnalysis analyse_unit(const CompileCommand& command, SourceTree& tree,
                          const std::filesystem::path& build);

// The arguments the unit is analysed with: without outputs, debug information and precompiled
// headers, with profile counters.
std::vector<std::string> analysis_arguments(const CompileCommand& command);

}  // namespace noderig::impact
